//! Records of a shop's events as JSON lines: few customers and products make most of the trade, fields depend on one
//! another (city and currency, status and optional fields), ids rise, and the same people come back.

use super::{
    Rng,
    clock::Moment,
    words::{CITIES, FIRST_NAMES, LAST_NAMES},
};

const MATERIALS: &[&str] =
    &["oak", "steel", "wool", "linen", "glass", "cork", "cotton", "enamel", "walnut", "brass", "felt", "clay"];
const ARTICLES: &[(&str, &str, u64)] = &[
    ("kettle", "kitchen", 34),
    ("blanket", "home", 59),
    ("desk lamp", "lighting", 48),
    ("notebook", "office", 9),
    ("mug", "kitchen", 12),
    ("shelf", "furniture", 89),
    ("cutting board", "kitchen", 26),
    ("cushion", "home", 22),
    ("pen tray", "office", 17),
    ("stool", "furniture", 74),
    ("apron", "kitchen", 28),
    ("doormat", "home", 31),
    ("pendant", "lighting", 119),
    ("vase", "home", 39),
    ("bread bin", "kitchen", 52),
    ("clothes rail", "furniture", 136),
    ("candle holder", "lighting", 19),
    ("letter opener", "office", 14),
    ("tea towel", "kitchen", 8),
    ("mirror", "home", 96),
];
const TYPES: &[&str] =
    &["page.viewed", "cart.updated", "order.created", "order.paid", "order.shipped", "review.posted", "order.returned"];
const DEVICES: &[(&str, &str)] = &[
    ("ios", "Shop/7.4.1 (iPhone; iOS 17.5)"),
    ("android", "Shop/7.4.0 (Pixel 7; Android 14)"),
    ("web", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/126.0"),
    ("web", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15"),
    ("android", "Shop/7.3.8 (SM-A546B; Android 13)"),
    ("web", "Mozilla/5.0 (X11; Linux x86_64) Firefox/125.0"),
];
const REFERRERS: &[&str] = &["newsletter", "search", "direct", "instagram", "friend", "spring-sale"];
const OPENINGS: &[&str] = &[
    "Exactly as described",
    "Smaller than I thought",
    "Beautifully made",
    "Arrived with a scratch",
    "My second one",
    "A present for my sister",
    "Does what it should",
    "Not worth the price",
    "Better in daylight than in the photo",
    "Sturdy",
];
const ENDINGS: &[&str] = &[
    "and it came two days early.",
    "but the colour is lovely.",
    "so I would buy it again.",
    "and the parcel was well packed.",
    "though I had hoped for more.",
    "and the children like it too.",
    "but customer service was kind about it.",
    "and it fits next to the window.",
    "so I sent it back.",
    "and it has already been washed twice.",
];

struct Customer {
    /// The inside of the record's "customer" object.
    json: String,
    currency: &'static str,
    device: usize,
}

struct Product {
    json: String,
    cents: u64,
}

pub(super) fn json_lines(rng: &mut Rng, size: usize) -> Vec<u8> {
    let customers: Vec<Customer> = (0..1500).map(|_| customer(rng)).collect();
    let products: Vec<Product> = (0..400).map(|i| product(rng, i)).collect();
    let (mut now, mut order) = (1_714_543_200_000, 501_733);
    let (mut events, mut bytes) = (Vec::new(), 0);
    while bytes < size {
        // A visit: several events of one customer, seconds or minutes apart. A visitor in four is a regular.
        now += rng.below(200_000);
        let customer = if rng.chance(25) { rng.often(&customers) } else { rng.any(&customers) };
        let session = rng.next() >> 16;
        let mut at = now;
        for _ in 0..1 + rng.zipf(3) {
            let kind = *rng.often(TYPES);
            order += u64::from(kind == "order.created");
            let mut event = format!(r#""at":"{}","type":"{kind}","session":"{session:012x}","#, Moment(at));
            event.push_str(&format!(r#""customer":{{{}}},"#, customer.json));
            body(rng, &mut event, kind, customer, &products, order);
            bytes += event.len() + "{\"id\":88213400,}\n".len();
            events.push((Moment(at), event));
            at += 1000 + rng.below(90_000);
        }
    }
    events.sort_by_key(|event| event.0);
    let mut id = 88_213_400;
    let number = |(_, event): (Moment, String)| {
        id += 1 + rng.zipf(5);
        format!("{{\"id\":{id},{event}}}\n")
    };
    events.into_iter().map(number).collect::<String>().into_bytes()
}

/// The fields that depend on the type of the event.
fn body(rng: &mut Rng, out: &mut String, kind: &str, customer: &Customer, products: &[Product], order: u64) {
    match kind {
        "page.viewed" => {
            let (family, agent) = DEVICES[customer.device];
            let page = &rng.often(products).json;
            let fields = format!(r#""device":{{"family":"{family}","agent":"{agent}"}},"product":{{{page}}}"#);
            out.push_str(&fields);
            if rng.chance(30) {
                out.push_str(&format!(r#","referrer":"{}""#, rng.often(REFERRERS)));
            }
        }
        "cart.updated" | "order.created" => {
            let (mut total, mut items) = (0, Vec::new());
            for _ in 0..1 + rng.zipf(5) {
                let (product, quantity) = (rng.any(products), 1 + rng.zipf(4) as u64);
                total += product.cents * quantity;
                items.push(format!(r#"{{{},"quantity":{quantity},"price":{}}}"#, product.json, money(product.cents)));
            }
            if kind == "order.created" {
                out.push_str(&format!(r#""order":{order},"#));
            }
            let currency = customer.currency;
            out.push_str(&format!(r#""items":[{}],"total":{},"currency":"{currency}""#, items.join(","), money(total)));
            if rng.chance(12) {
                out.push_str(&format!(
                    r#","coupon":"{}-{}""#,
                    rng.often(&["WELCOME", "SPRING", "THANKS"]),
                    rng.often(&[10, 5, 15])
                ));
            }
        }
        "review.posted" => {
            let (stars, text) = (5 - rng.zipf(5), format!("{}, {}", rng.any(OPENINGS), rng.any(ENDINGS)));
            out.push_str(&format!(r#""product":{{{}}},"stars":{stars},"text":"{text}""#, rng.often(products).json));
        }
        _ => {
            let known = order - rng.zipf(120) as u64;
            let carrier = *rng.often(&["DHL", "GLS", "DPD", "post"]);
            out.push_str(&format!(r#""order":{known}"#));
            match kind {
                "order.paid" => {
                    let (method, reference) = (rng.often(&["card", "paypal", "invoice", "transfer"]), rng.next() >> 24);
                    out.push_str(&format!(
                        r#","payment":{{"method":"{method}","reference":"{reference:010x}","attempts":{}}}"#,
                        1 + rng.zipf(3)
                    ));
                }
                "order.shipped" => {
                    let (code, grams) = (rng.below(100_000_000), 250 * (1 + rng.zipf(40)));
                    out.push_str(&format!(r#","shipment":{{"carrier":"{carrier}","code":"00340434{code:08}","grams":{grams},"parcels":1}}"#));
                }
                _ => {
                    let reason = rng.often(&["wrong size", "changed mind", "damaged", "late"]);
                    out.push_str(&format!(r#","reason":"{reason}","refunded":{},"note":null"#, rng.chance(80)));
                }
            }
        }
    }
}

fn customer(rng: &mut Rng) -> Customer {
    let (first, last) = (rng.often(FIRST_NAMES), rng.often(LAST_NAMES));
    let &(city, country, currency) = rng.often(CITIES);
    let id = 10_000 + rng.below(90_000);
    let host = rng.often(&["example.com", "example.org", "mail.example.net", "post.example.de"]);
    let email = format!(
        "{}.{}{}@{host}",
        ascii(first),
        ascii(last),
        if rng.chance(30) { (id % 100).to_string() } else { String::new() }
    );
    let since = format!("20{}-{:02}-{:02}", rng.between(14, 24), rng.between(1, 12), rng.between(1, 28));
    let mut json = format!(
        r#""id":{id},"name":"{first} {last}","email":"{email}","city":"{city}","country":"{country}","since":"{since}""#
    );
    if rng.chance(25) {
        json.push_str(r#","tier":"gold""#);
    }
    Customer { json, currency, device: rng.zipf(DEVICES.len()) }
}

fn product(rng: &mut Rng, number: usize) -> Product {
    let &(name, category, euros) = &ARTICLES[number % ARTICLES.len()];
    let material = rng.any(MATERIALS);
    let sku = format!("{}-{:04}", category[..3].to_uppercase(), 1000 + number * 17);
    let cents = euros * 100 * (70 + rng.below(60)) / 100 / 50 * 50 + *rng.any(&[0, 45, 40]);
    Product { json: format!(r#""sku":"{sku}","title":"{material} {name}","category":"{category}""#), cents }
}

/// Cents as a number with two decimals.
fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Lower case with the accents left out, as people do in addresses.
fn ascii(name: &str) -> String {
    let plain = |c| match c {
        'ü' => 'u',
        'ø' | 'ó' => 'o',
        'á' => 'a',
        'ř' => 'r',
        _ => c,
    };
    name.chars().map(plain).filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect()
}
