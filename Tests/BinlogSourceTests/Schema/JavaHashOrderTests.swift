import ConnectData
import Testing

@testable import BinlogSource

@Suite struct JavaHashOrderTests {
    /// What Java 17 prints of a `HashSet` with these names added, and of a `HashMap` to which `putAll` adds each of
    /// them.
    @Test(arguments: [
        ("a", "a", "a"),
        ("a b", "b a", "b a"),
        ("a b c", "b c a", "b c a"),
        ("b c a d", "b c a d", "b c a d"),
        ("orders customers items products", "products customers items orders", "customers items orders products"),
        ("a b c d e f g", "b c a f g d e", "b c a f g d e"),
        (
            "customers geom orders products products_on_hand addresses t1 t2 t3 t4 t5 t6 t7",
            "t1 t2 t3 addresses customers t4 t5 t6 t7 products_on_hand products geom orders",
            "t1 t2 t3 addresses customers t4 t5 t6 t7 products_on_hand products geom orders"
        ),
    ])
    func idsAreOrderedAsInJavasHashSet(names: String, set: String, map: String) {
        let ids = names.split(separator: " ").map { TableID(database: "shop", table: String($0)) }
        let text = { (ids: [TableID]) in ids.map(\.table).joined(separator: " ") }
        #expect(text(JavaHashOrder.sorted(ids)) == set)
        #expect(text(JavaHashOrder.sorted(ids, from: .ofOneEntry)) == map)
    }
}
