<?php
/**
 * Guest book
 *
 * @package    Guestbook
 * @license    http://www.gnu.org/licenses/gpl.html GPL
 */

declare(strict_types=1);

namespace App\Guestbook;

use PDO;
use Exception;
use InvalidArgumentException;

require_once __DIR__ . '/vendor/autoload.php';
include 'config.inc.php';

define('PER_PAGE', 20);
error_reporting(E_ALL ^ E_NOTICE);
session_start();

interface EntryStore
{
    public function all(int $limit, int $offset = 0): array;
}

abstract class Model
{
    protected static $table = '';
    protected $attributes = array();

    public function __construct(array $attributes = [])
    {
        foreach ($attributes as $key => $value) {
            $this->$key = $value;
        }
    }

    public function __get($name)
    {
        return isset($this->attributes[$name]) ? $this->attributes[$name] : null;
    }

    public function __set($name, $value)
    {
        $this->attributes[$name] = $value;
    }
}

final class Entry extends Model implements \JsonSerializable
{
    const STATUS_NEW = 0;
    const STATUS_APPROVED = 1;

    protected static $table = 'entries';

    public function jsonSerialize()
    {
        return $this->attributes + ['status' => self::STATUS_NEW];
    }
}

class MysqlStore implements EntryStore
{
    /** @var PDO */
    private $pdo;

    public function __construct(PDO $pdo)
    {
        $this->pdo = $pdo;
        $this->pdo->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
    }

    public function all(int $limit, int $offset = 0): array
    {
        $stmt = $this->pdo->prepare('SELECT * FROM entries WHERE status = :status ORDER BY created DESC LIMIT :l OFFSET :o');
        $stmt->bindValue(':status', Entry::STATUS_APPROVED, PDO::PARAM_INT);
        $stmt->bindValue(':l', $limit, PDO::PARAM_INT);
        $stmt->bindValue(':o', $offset, PDO::PARAM_INT);
        $stmt->execute();
        return array_map(function ($row) {
            return new Entry($row);
        }, $stmt->fetchAll(PDO::FETCH_ASSOC));
    }

    public function add(Entry $e): int
    {
        if (empty($e->name) || strlen(trim($e->message)) < 3) {
            throw new InvalidArgumentException("Name and message are required");
        }
        $this->pdo->prepare("INSERT INTO entries (name, message, ip) VALUES (?, ?, ?)")
                  ->execute([$e->name, $e->message, $_SERVER['REMOTE_ADDR']]);
        return (int) $this->pdo->lastInsertId();
    }
}

$errors = array();
try {
    $store = new MysqlStore(new PDO($config['dsn'], $config['user'], $config['pass']));
    if ($_SERVER['REQUEST_METHOD'] === 'POST') {
        if (!isset($_POST['token']) || $_POST['token'] !== $_SESSION['token']) {
            header('HTTP/1.0 403 Forbidden');
            exit('Bad token');
        }
        $store->add(new Entry(array_intersect_key($_POST, array_flip(['name', 'message']))));
        header('Location: ' . $_SERVER['PHP_SELF']);
        exit;
    }
    $entries = $store->all(PER_PAGE, PER_PAGE * max(0, (int) ($_GET['page'] ?? 0)));
} catch (Exception $e) {
    $errors[] = $e->getMessage();
    $entries = [];
}
$_SESSION['token'] = md5(uniqid((string) mt_rand(), true));

function h($s) { return htmlspecialchars($s, ENT_QUOTES, 'UTF-8'); }

?>
<!DOCTYPE html>
<html>
<head><title><?= h($config['title']) ?></title></head>
<body>
<?php if (count($errors) > 0): ?>
  <div class="error"><?php echo implode('<br />', $errors); ?></div>
<?php endif; ?>

<?php foreach ($entries as $i => $entry): ?>
  <div class="<?php echo $i % 2 ? 'odd' : 'even'; ?>">
    <strong><?= h($entry->name) ?></strong>, <?= date('d.m.Y H:i', strtotime($entry->created)) ?>
    <p><?php echo nl2br(h($entry->message)); ?></p>
  </div>
<?php endforeach ?>

<form method="post" action="">
  <input type="hidden" name="token" value="<?= $_SESSION['token'] ?>">
  <input type="text" name="name" size="30">
  <textarea name="message" rows="5" cols="40"></textarea>
  <input type="submit" value="Sign">
</form>
</body>
</html>
