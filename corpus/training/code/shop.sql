-- MySQL dump and queries of the shop database
--
-- Host: localhost    Database: shop
-- ------------------------------------------------------

SET NAMES utf8;
SET FOREIGN_KEY_CHECKS = 0;

DROP TABLE IF EXISTS `customers`;
CREATE TABLE `customers` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `name` varchar(100) NOT NULL DEFAULT '',
  `email` varchar(255) DEFAULT NULL,
  `city` varchar(60) DEFAULT NULL,
  `created_at` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (`id`),
  UNIQUE KEY `idx_email` (`email`),
  KEY `idx_city` (`city`)
) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8;

LOCK TABLES `customers` WRITE;
/*!40000 ALTER TABLE `customers` DISABLE KEYS */;
INSERT INTO `customers` VALUES (1,'Anna Berg','anna@example.com','Oslo','2012-01-03 10:12:00'),(2,'Paul Smith','paul.smith@example.com','London','2012-01-09 08:00:41'),(3,'Maria Rossi',NULL,'Milano','2012-02-17 19:45:10');
INSERT INTO `customers` (`name`, `email`, `city`) VALUES
  ('Jean Dupont', 'jd@example.fr', 'Paris'),
  ('O\'Neill, Sean', 'sean@example.ie', 'Cork'),
  ('Eva Novak', 'eva@example.cz', 'Praha');
/*!40000 ALTER TABLE `customers` ENABLE KEYS */;
UNLOCK TABLES;

CREATE TABLE products
(
    product_id    INTEGER       NOT NULL,
    category_id   INTEGER       REFERENCES categories (category_id),
    name          VARCHAR(80)   NOT NULL,
    price         DECIMAL(10,2) NOT NULL CHECK (price >= 0),
    in_stock      SMALLINT      DEFAULT 0,
    discontinued  BOOLEAN       DEFAULT FALSE,
    description   TEXT,
    CONSTRAINT pk_products PRIMARY KEY (product_id)
);

CREATE TABLE orders (
    order_id     SERIAL PRIMARY KEY,
    customer_id  INT NOT NULL,
    order_date   DATE NOT NULL DEFAULT CURRENT_DATE,
    status       CHAR(1) CHECK (status IN ('N', 'P', 'S', 'C')),
    total        NUMERIC(12, 2),
    FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE ON UPDATE NO ACTION
);

CREATE INDEX ix_orders_date ON orders (order_date DESC);
CREATE UNIQUE INDEX ix_products_name ON products (LOWER(name));
ALTER TABLE orders ADD COLUMN note VARCHAR(200) NULL;

INSERT INTO products (product_id, category_id, name, price, in_stock) VALUES (101, 1, 'Coffee grinder', 39.90, 12);
INSERT INTO products (product_id, category_id, name, price, in_stock) VALUES (102, 1, 'Tea pot, 1 litre', 18.50, 40);
INSERT INTO products (product_id, category_id, name, price, in_stock) VALUES (205, 2, 'Desk lamp', 54.00, 3);

-- Sales for each city and month of last year
SELECT c.city,
       EXTRACT(MONTH FROM o.order_date) AS month,
       COUNT(DISTINCT o.order_id)       AS num_orders,
       SUM(i.quantity * i.unit_price)   AS revenue
  FROM customers c
       INNER JOIN orders o      ON o.customer_id = c.id
       LEFT OUTER JOIN items i  ON i.order_id = o.order_id
 WHERE o.order_date BETWEEN '2012-01-01' AND '2012-12-31'
   AND o.status <> 'C'
 GROUP BY c.city, EXTRACT(MONTH FROM o.order_date)
HAVING SUM(i.quantity * i.unit_price) > 1000
 ORDER BY revenue DESC, c.city ASC
 LIMIT 10;

select p.name, coalesce(p.description, '(none)') as description,
  case when p.in_stock = 0 then 'sold out'
       when p.in_stock < 5 then 'few left'
       else 'available' end as availability
from products p
where not exists (select 1 from items where items.product_id = p.product_id)
  and p.name like '%lamp%'
union all
select name, null, 'archived' from old_products;

CREATE OR REPLACE VIEW v_open_orders AS
    SELECT o.*, c.name, c.email
      FROM orders o JOIN customers c ON c.id = o.customer_id
     WHERE o.status IN ('N', 'P');

WITH ranked AS (
    SELECT customer_id, total,
           ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY total DESC) AS rn
    FROM orders
)
SELECT * FROM ranked WHERE rn <= 3;

UPDATE products SET price = ROUND(price * 1.05, 2), discontinued = TRUE
 WHERE category_id = (SELECT category_id FROM categories WHERE name = 'Kitchen');

DELETE FROM orders WHERE order_date < DATE_SUB(NOW(), INTERVAL 5 YEAR);

DELIMITER //
CREATE PROCEDURE cancel_order(IN p_order INT, OUT p_ok TINYINT)
BEGIN
    DECLARE v_status CHAR(1);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        SET p_ok = 0;
    END;

    START TRANSACTION;
    SELECT status INTO v_status FROM orders WHERE order_id = p_order FOR UPDATE;
    IF v_status = 'S' THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'already shipped';
    ELSE
        UPDATE orders SET status = 'C' WHERE order_id = p_order;
        SET p_ok = 1;
    END IF;
    COMMIT;
END //
DELIMITER ;

CREATE FUNCTION touch_row() RETURNS trigger AS $$
BEGIN
    NEW.updated_at := now();
    IF TG_OP = 'INSERT' AND NEW.total IS NULL THEN
        RAISE EXCEPTION 'total missing for order %', NEW.order_id;
    END IF;
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER trg_orders BEFORE INSERT OR UPDATE ON orders
    FOR EACH ROW EXECUTE PROCEDURE touch_row();

GRANT SELECT, INSERT, UPDATE ON orders TO shop_user;
REVOKE ALL PRIVILEGES ON customers FROM PUBLIC;

IF NOT EXISTS (SELECT * FROM sys.objects WHERE object_id = OBJECT_ID(N'[dbo].[Audit]') AND type in (N'U'))
BEGIN
CREATE TABLE [dbo].[Audit](
	[Id] [uniqueidentifier] NOT NULL,
	[UserName] [nvarchar](50) NULL,
	[Stamp] [datetime] NOT NULL CONSTRAINT [DF_Audit_Stamp] DEFAULT (getdate()),
 CONSTRAINT [PK_Audit] PRIMARY KEY CLUSTERED ([Id] ASC)
) ON [PRIMARY]
END
GO

PRAGMA foreign_keys = ON;
BEGIN TRANSACTION;
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY NOT NULL, value BLOB);
INSERT OR REPLACE INTO settings VALUES ('schema_version', '12');
COMMIT;
EXPLAIN SELECT MAX(total), MIN(total), AVG(total) FROM orders;
