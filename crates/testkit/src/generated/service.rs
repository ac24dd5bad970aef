//! The log of a shop's web service, as a Java logging framework writes it: requests of several lines that share an
//! id, numbered threads, failures with stack traces, and periodic statistics. Requests overlap in time.

use super::{Rng, clock::Moment};

const HANDLERS: &[(&str, &str, &str)] = &[
    ("GET", "/v1/products/{}", "catalog.ProductController"),
    ("GET", "/v1/search?q={}", "search.SearchController"),
    ("GET", "/v1/carts/{}", "cart.CartController"),
    ("POST", "/v1/carts/{}/items", "cart.CartController"),
    ("POST", "/v1/orders", "orders.OrderController"),
    ("GET", "/v1/orders/{}", "orders.OrderController"),
    ("PUT", "/v1/customers/{}/address", "customers.CustomerController"),
    ("GET", "/health", "ops.HealthController"),
    ("DELETE", "/v1/carts/{}/items/3", "cart.CartController"),
    ("POST", "/v1/payments/webhook", "payments.WebhookController"),
];
const TERMS: &[&str] = &[
    "lamp",
    "walking+boots",
    "tea+kettle",
    "desk",
    "wool+blanket",
    "bicycle+light",
    "notebook",
    "rain+jacket",
    "garden+shears",
    "headphones",
    "oak+shelf",
    "cutting+board",
    "sleeping+bag",
    "coffee+grinder",
    "mirror",
    "wall+clock",
    "paint+brush",
];
const TABLES: &[&str] =
    &["product", "cart_item", "customer", "order_line", "stock_level", "price_list", "shipment", "coupon"];
const FRAMES: &[&str] = &[
    "org.shoreline.payments.GatewayClient.authorise(GatewayClient.java:148)",
    "org.shoreline.payments.PaymentService.charge(PaymentService.java:91)",
    "org.shoreline.orders.OrderService.place(OrderService.java:207)",
    "org.shoreline.orders.OrderController.create(OrderController.java:64)",
    "org.shoreline.cart.CartRepository.findForUpdate(CartRepository.java:119)",
    "org.shoreline.cart.CartService.addItem(CartService.java:75)",
    "org.shoreline.cart.CartController.add(CartController.java:52)",
    "org.shoreline.common.jdbc.RetryingTemplate.execute(RetryingTemplate.java:88)",
    "java.base/java.net.SocketInputStream.read(SocketInputStream.java:186)",
    "java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1136)",
    "java.base/java.util.concurrent.ThreadPoolExecutor$Worker.run(ThreadPoolExecutor.java:635)",
    "java.base/java.lang.Thread.run(Thread.java:833)",
];

/// Log entries with their moments; an entry may be several lines (a stack trace).
struct Log {
    entries: Vec<(Moment, String)>,
    bytes: usize,
    order: u64,
}

impl Log {
    fn push(&mut self, at: u64, level: &str, thread: &str, logger: &str, text: &str) {
        let entry = format!("{} {level:<5} [{thread}] org.shoreline.{logger} - {text}\n", Moment(at).log4j());
        self.bytes += entry.len();
        self.entries.push((Moment(at), entry));
    }
}

pub(super) fn log(rng: &mut Rng, size: usize) -> Vec<u8> {
    let mut log = Log { entries: Vec::new(), bytes: 0, order: 4_183_220 };
    let mut now = 1_718_000_100_250; // 2024-06-10 06:15:00.250
    let (mut statistics_due, mut heap) = (now, 1_100);
    while log.bytes < size {
        // Visitors come in bursts: mostly the next request follows soon.
        now += if rng.chance(88) { rng.below(220) } else { rng.below(6000) };
        if now >= statistics_due {
            statistics(rng, &mut log, now, &mut heap);
            statistics_due = now + 30_000;
        }
        request(rng, &mut log, now);
    }
    log.entries.sort_by_key(|entry| entry.0);
    log.entries.into_iter().map(|(_, entry)| entry).collect::<String>().into_bytes()
}

fn request(rng: &mut Rng, log: &mut Log, start: u64) {
    let &(method, template, controller) = rng.often(HANDLERS);
    let thread = format!("http-nio-8080-exec-{}", 1 + rng.zipf(24));
    let id = format!("{:08x}", rng.next() >> 32);
    let customer = 20_000 + rng.zipf(5000) * 7;
    let key =
        if template.contains("q=") { rng.often(TERMS).to_string() } else { (70_000 + rng.zipf(900) * 3).to_string() };
    let path = template.replace("{}", &key);
    log.push(start, "INFO", &thread, controller, &format!("[{id}] {method} {path} customer={customer}"));

    let mut at = start + 1 + rng.below(3);
    for _ in 0..rng.zipf(4) {
        let (table, rows, ms) = (rng.often(TABLES), 1 + rng.zipf(50), 1 + rng.zipf(30) as u64);
        if rng.chance(45) {
            log.push(at, "DEBUG", &thread, "common.cache.RegionCache", &format!("[{id}] hit {table}:{key}"));
        } else {
            at += ms;
            let text = format!("[{id}] select from {table} where id = ? [{key}]: {rows} rows in {ms} ms");
            log.push(at, "DEBUG", &thread, "common.jdbc.RetryingTemplate", &text);
        }
    }
    let mut status = if method == "POST" { 201 } else { 200 };
    if path == "/v1/orders" {
        status = place_order(rng, log, &mut at, &thread, &id, customer);
    } else if rng.below(400) == 0 {
        status = 500;
        let cause = "org.postgresql.util.PSQLException: ERROR: canceling statement due to lock timeout";
        failure(log, at, &thread, controller, &id, cause, &FRAMES[4..]);
    } else if template.contains("{}") && rng.chance(3) {
        status = 404;
        log.push(at, "WARN", &thread, controller, &format!("[{id}] no such resource: {path}"));
    }
    at += rng.below(4);
    let length = if status == 200 { 180 + rng.zipf(9000) } else { 96 };
    log.push(at, "INFO", &thread, controller, &format!("[{id}] {status} {length} bytes in {} ms", at - start));
}

/// The lines of an order in the middle of its request. Returns the status.
fn place_order(rng: &mut Rng, log: &mut Log, at: &mut u64, thread: &str, id: &str, customer: usize) -> u32 {
    log.order += 1 + rng.zipf(3) as u64;
    let (order, items) = (log.order, 1 + rng.zipf(9));
    let (units, cents) = (9 + rng.zipf(400) * items, rng.any(&[0, 50, 90, 95, 99]));
    log.push(
        *at,
        "INFO",
        thread,
        "orders.OrderService",
        &format!("[{id}] order {order} for customer {customer}: {items} items"),
    );
    for attempt in 1..=3 {
        *at += rng.between(40, 400) as u64;
        if rng.chance(92) {
            let code = rng.next() >> 40;
            let text = format!("[{id}] order {order} authorised: {units}.{cents:02} EUR, code {code:06X}");
            log.push(*at, "INFO", thread, "payments.PaymentService", &text);
            let bay = rng.zipf(12) + 1;
            let text = format!("order {order} queued for warehouse {bay}");
            log.push(*at + 5, "INFO", &format!("shipping-{}", bay % 4), "shipping.Dispatcher", &text);
            return 201;
        }
        *at += 2000;
        let text = format!("[{id}] order {order} payment attempt {attempt} of 3 timed out after 2000 ms, retrying");
        log.push(*at, "WARN", thread, "payments.PaymentService", &text);
    }
    let cause = "java.net.SocketTimeoutException: Read timed out";
    failure(log, *at, thread, "orders.OrderController", id, cause, FRAMES);
    502
}

fn failure(log: &mut Log, at: u64, thread: &str, logger: &str, id: &str, cause: &str, frames: &[&str]) {
    let trace: String = frames.iter().map(|frame| format!("\n\tat {frame}")).collect();
    log.push(at, "ERROR", thread, logger, &format!("[{id}] request failed\n{cause}{trace}"));
}

/// What the service reports of itself every half minute.
fn statistics(rng: &mut Rng, log: &mut Log, at: u64, heap: &mut u64) {
    *heap += 60 + rng.below(90);
    let collected = *heap > 3000;
    if collected {
        *heap -= 1700 + rng.below(300);
        let pause = rng.between(8, 40);
        log.push(
            at,
            "INFO",
            "gc-monitor",
            "ops.GcMonitor",
            &format!("G1 Young Generation pause {pause} ms, heap {heap} MB of 4096 MB"),
        );
    }
    let busy = rng.zipf(24);
    let text = format!("pool=orders active={busy} idle={} waiting={} heap={heap}MB", 24 - busy, rng.zipf(4));
    log.push(at, "INFO", "scheduler-1", "ops.PoolMonitor", &text);
    if rng.chance(25) {
        let (hits, misses) = (rng.between(40_000, 60_000), rng.between(900, 4000));
        let text = format!("region product: {hits} hits, {misses} misses, {} evictions", misses / 3);
        log.push(at + 2, "INFO", "scheduler-2", "common.cache.RegionCache", &text);
    }
}
