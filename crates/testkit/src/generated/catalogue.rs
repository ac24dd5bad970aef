//! A museum's catalogue as one indented JSON document: departments, collections, objects, and in each object the
//! measurements, the provenance and a description whose words follow from the object's kind.

use super::{
    Rng,
    words::{CITIES, FIRST_NAMES, LAST_NAMES},
};

/// (department, [(kind, materials, decorations)])
type Kind = (&'static str, &'static [&'static str], &'static [&'static str]);
const DEPARTMENTS: &[(&str, &[Kind])] = &[
    (
        "Ceramics",
        &[
            (
                "bowl",
                &["tin-glazed earthenware", "stoneware", "porcelain", "red earthenware"],
                &[
                    "painted in cobalt with a hare",
                    "incised with a band of waves",
                    "with a celadon glaze pooled at the foot",
                    "with two fishes facing one another",
                ],
            ),
            (
                "jar",
                &["stoneware", "salt-glazed stoneware", "unglazed clay"],
                &[
                    "stamped with the mark of the workshop",
                    "with rope impressions below the neck",
                    "with an ash glaze that ran on one side",
                ],
            ),
            (
                "tile",
                &["tin-glazed earthenware", "fritware"],
                &[
                    "showing a ship under sail",
                    "with half of a star",
                    "with a tulip between two leaves",
                    "from the border of a fireplace",
                ],
            ),
        ],
    ),
    (
        "Textiles",
        &[
            (
                "shawl",
                &["wool", "silk and wool", "cashmere"],
                &[
                    "woven with a pine-cone pattern",
                    "with a fringe knotted by hand",
                    "darned along one edge in a lighter thread",
                ],
            ),
            (
                "sampler",
                &["silk on linen", "wool on canvas"],
                &["with an alphabet, a house and a dog", "signed by a girl of nine", "with two verses of a psalm"],
            ),
            (
                "carpet fragment",
                &["wool on cotton", "wool"],
                &["from the corner of a medallion design", "with a lattice of carnations", "cut down to cover a table"],
            ),
        ],
    ),
    (
        "Instruments",
        &[
            (
                "sundial",
                &["brass", "ivory", "gilt brass"],
                &[
                    "for the latitude of 52 degrees",
                    "with a table of cities on the back",
                    "with a folding gnomon in the shape of a bird",
                ],
            ),
            (
                "violin",
                &["maple and spruce"],
                &["with a replaced scroll", "with a label that may be false", "played until 1931"],
            ),
            (
                "microscope",
                &["brass and glass", "lacquered brass"],
                &["in its mahogany case", "with six slides of moss", "of the type sold to schools"],
            ),
            (
                "balance",
                &["steel and brass", "iron"],
                &["accurate to a grain", "from an apothecary's shop", "with a set of weights, one missing"],
            ),
        ],
    ),
    (
        "Prints and drawings",
        &[
            (
                "etching",
                &["ink on laid paper", "ink on Japan paper"],
                &[
                    "of a mill beside a frozen river",
                    "after a lost painting",
                    "in the second of three states",
                    "of a blind man and his dog",
                ],
            ),
            (
                "drawing",
                &["black chalk", "pen and brown ink", "watercolour"],
                &[
                    "of hands, on both sides of the sheet",
                    "of a tree struck by lightning",
                    "squared for transfer",
                    "made on a journey across the Alps",
                ],
            ),
            (
                "map",
                &["engraving, coloured by hand", "lithograph"],
                &["of the harbour before the fire", "with sea monsters in the margin", "folded to fit a pocket"],
            ),
        ],
    ),
];
const CONDITIONS: &[&str] = &["good", "fair", "very good", "fragile", "poor", "restored"];
const ADJECTIVES: &[&str] = &[
    "small",
    "shallow",
    "fine",
    "heavy",
    "plain",
    "richly made",
    "worn",
    "unusual",
    "well-preserved",
    "early",
    "late",
    "provincial",
];
const NOTES: &[&str] = &[
    "Shown in the exhibition of 1974.",
    "The attribution was doubted in 1988 and confirmed in 2006.",
    "Not to be lent.",
    "Cleaned in 2011; the old varnish was left on the reverse.",
    "A companion piece was sold at auction in Paris.",
    "Found in the attic of the old town hall.",
    "The inscription has not been read.",
    "Compare the example in Vienna.",
    "Light damage along the left side.",
    "Given in memory of the donor's mother.",
];

pub(super) fn json(rng: &mut Rng, size: usize) -> Vec<u8> {
    let mut out = String::from(
        "{\n  \"catalogue\": \"Municipal Museum, inventory of the study collections\",\n  \"revision\": 37,\n  \"departments\": [",
    );
    let mut inventory = 1000;
    // Collections are added department by department; each department has its share of the size.
    for (i, (department, kinds)) in DEPARTMENTS.iter().enumerate() {
        out.push_str(if i == 0 { "\n" } else { ",\n" });
        out.push_str(&format!("    {{\n      \"name\": \"{department}\",\n      \"collections\": ["));
        let mut first = true;
        while first || out.len() < size * (i + 1) / DEPARTMENTS.len() {
            out.push_str(if first { "\n" } else { ",\n" });
            collection(rng, &mut out, kinds, &mut inventory);
            first = false;
        }
        out.push_str("\n      ]\n    }");
    }
    out.push_str("\n  ]\n}\n");
    out.into_bytes()
}

fn collection(rng: &mut Rng, out: &mut String, kinds: &[Kind], inventory: &mut u64) {
    let (donor, year) = (format!("{} {}", rng.any(FIRST_NAMES), rng.any(LAST_NAMES)), rng.between(1871, 2012));
    let source = if rng.chance(60) { "bequest" } else { "purchase" };
    out.push_str(&format!("        {{\n          \"name\": \"{donor} collection\",\n          \"source\": \"{source}\",\n          \"year\": {year},\n          \"objects\": ["));
    let count = 1 + rng.zipf(9);
    for i in 0..count {
        *inventory += 1 + rng.zipf(6) as u64;
        out.push_str(if i == 0 { "\n" } else { ",\n" });
        let kind = rng.often(kinds);
        object(rng, out, kind, *inventory, year);
    }
    out.push_str("\n          ]\n        }");
}

fn object(rng: &mut Rng, out: &mut String, kind: &Kind, inventory: u64, acquired: i64) {
    let &(name, materials, decorations) = kind;
    let (material, decoration) = (rng.often(materials), rng.any(decorations));
    let (city, country, _) = rng.often(CITIES);
    let made = rng.between(1540, 1890) / 5 * 5;
    let (height, width) = (rng.between(60, 900), rng.between(60, 700));
    let adjective = rng.often(ADJECTIVES);
    let article = if adjective.starts_with(['a', 'e', 'i', 'o', 'u']) { "An" } else { "A" };
    let mut description = format!("{article} {adjective} {name} of {material}, {decoration}.");
    if rng.chance(40) {
        description = format!("{description} {}", rng.any(NOTES));
    }
    let mut fields = vec![
        format!("\"id\": \"{acquired}.{inventory}\""),
        format!("\"kind\": \"{name}\""),
        format!("\"material\": \"{material}\""),
        format!("\"place\": {{ \"city\": \"{city}\", \"country\": \"{country}\" }}"),
        format!("\"date\": {{ \"from\": {made}, \"to\": {} }}", made + rng.any(&[0, 5, 10, 25, 50])),
        format!("\"size_mm\": [{height}, {width}]"),
        format!("\"condition\": \"{}\"", rng.often(CONDITIONS)),
        format!("\"on_display\": {}", rng.chance(20)),
        format!("\"description\": \"{description}\""),
    ];
    if rng.chance(35) {
        let steps: Vec<String> = (0..1 + rng.zipf(3)).map(|_| owner(rng, made, acquired)).collect();
        fields
            .push(format!("\"provenance\": [\n                {}\n              ]", steps.join(",\n                ")));
    }
    if rng.chance(15) {
        fields.push(format!("\"shelf\": \"{}-{:02}\"", rng.often(&["A", "B", "C", "D"]), rng.between(1, 40)));
    }
    out.push_str(&format!("            {{\n              {}\n            }}", fields.join(",\n              ")));
}

fn owner(rng: &mut Rng, made: i64, acquired: i64) -> String {
    let year = rng.between(made.min(acquired), acquired);
    format!(
        "{{ \"owner\": \"{} {}\", \"city\": \"{}\", \"until\": {year} }}",
        rng.often(FIRST_NAMES),
        rng.often(LAST_NAMES),
        rng.often(CITIES).0
    )
}
