import java.applet.*;
import java.awt.*;
import java.awt.event.*;
import java.net.*;
import java.text.SimpleDateFormat;
import java.util.*;
import javax.swing.*;

// A bouncing clock, with a small test and a web controller below.
public class ClockApplet extends Applet implements Runnable, ActionListener
{
	Thread animator;
	Image  offscreen;
	Graphics og;
	Font   font = new Font("Helvetica", Font.BOLD, 24);
	int    x = 10, y = 40, dx = 3, dy = 2;
	Vector colors = new Vector();
	Button reset;

	public void init()
	{
		String speed = getParameter("speed");
		if (speed != null)
			dx = dy = Integer.valueOf(speed).intValue();
		colors.addElement(Color.red);
		colors.addElement(Color.green);
		colors.addElement(new Color(0x33, 0x66, 0xcc));
		reset = new Button("Reset");
		reset.addActionListener(this);
		add(reset);
		addMouseListener(new MouseAdapter() {
			public void mousePressed(MouseEvent e) {
				x = e.getX();
				y = e.getY();
				repaint();
			}
		});
	}

	public void start()
	{
		if (animator == null)
		{
			animator = new Thread(this);
			animator.start();
		}
	}

	public void stop()
	{
		animator = null;
	}

	public void run()
	{
		while (Thread.currentThread() == animator)
		{
			Dimension d = getSize();
			x += dx;
			y += dy;
			if (x < 0 || x > d.width - 100)  dx = -dx;
			if (y < 20 || y > d.height)      dy = -dy;
			repaint();
			try {
				Thread.sleep(50);
			} catch (InterruptedException e) {
				break;
			}
		}
	}

	public void update(Graphics g) { paint(g); }

	public void paint(Graphics g)
	{
		if (offscreen == null)
		{
			offscreen = createImage(getSize().width, getSize().height);
			og = offscreen.getGraphics();
		}
		og.setColor(getBackground());
		og.fillRect(0, 0, getSize().width, getSize().height);
		og.setFont(font);
		og.setColor((Color)colors.elementAt((int)(Math.random() * colors.size())));
		og.drawString(new SimpleDateFormat("HH:mm:ss").format(new Date()), x, y);
		g.drawImage(offscreen, 0, 0, this);
	}

	public void actionPerformed(ActionEvent e)
	{
		if (e.getSource() == reset)
		{
			x = 10;
			y = 40;
		}
	}
}

@RestController
@RequestMapping("/api/orders")
class OrderController {

  @Autowired
  private OrderRepository repository;

  @GetMapping("/{id}")
  public ResponseEntity<Order> find(@PathVariable Long id) {
    return repository.findById(id)
        .map(ResponseEntity::ok)
        .orElseGet(() -> ResponseEntity.notFound().build());
  }

  @PostMapping
  @Transactional
  @ResponseStatus(HttpStatus.CREATED)
  public Order create(@Valid @RequestBody OrderRequest request) {
    Order order = new Order();
    order.setCustomer(request.getCustomer());
    order.setItems(List.copyOf(request.getItems()));
    return repository.save(order);
  }
}

@Entity
@Table(name = "orders")
class Order {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private Long id;

  @Column(nullable = false, length = 100)
  private String customer;

  @OneToMany(mappedBy = "order", cascade = CascadeType.ALL, fetch = FetchType.LAZY)
  private Set<OrderItem> items = new HashSet<>();
}

class GeometryTest {
  @Test
  public void testArea() {
    assertEquals(6.0, new Triangle(3, 4, 5).area(), 1e-9);
    assertTrue(new Triangle(3, 4, 5).isRight());
    assertNull(Triangle.parse(""));
  }

  @Test(expected = IllegalArgumentException.class)
  public void rejectsNegativeSides() {
    new Triangle(-1, 2, 2);
  }
}

record Point(double x, double y) {
  double distance(Point other) {
    var ddx = x - other.x;
    var ddy = y - other.y;
    return Math.sqrt(ddx * ddx + ddy * ddy);
  }
}

sealed interface Expr permits Num, Add, Neg {
  static double eval(Expr e) {
    return switch (e) {
      case Num n -> n.value();
      case Add a -> eval(a.left()) + eval(a.right());
      case Neg n -> -eval(n.inner());
    };
  }
}
