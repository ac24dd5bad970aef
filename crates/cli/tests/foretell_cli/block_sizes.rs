//! `foretell bench --block-sizes`.

use super::*;

#[test]
fn bench_block_sizes_has_a_row_for_each_length_up_to_one_that_holds_all() {
    let folder = corpus();
    fs::write(folder.path().join("long"), vec![7; (1 << 20) + 1]).unwrap();
    let run = |args: &[&str]| stdout(foretell(&folder).args(["bench", "--block-sizes"]).args(args));
    let table = run(&["-l1,2", "a text.txt", "long"]);
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0].concat(), "blockbytesat-1changein%bytesat-2changein%");
    assert_eq!((rows.len(), rows[1][0], rows[2][0]), (3, "1", "2"), "{table}");
    assert_eq!(rows[2][3], "+0.00");
    assert!(rows[1][2].parse::<u64>().unwrap() > rows[2][2].parse::<u64>().unwrap(), "{table}");
    assert_eq!(run(&["-l1", "more/empty"]).lines().count(), 2);
}
