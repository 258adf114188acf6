/// An include and an exclude list of names; the include list wins.
struct NameFilter: Sendable {
    /// nil: no list is given.
    var included: PatternList?
    var excluded: PatternList?

    var includesAll: Bool { included == nil && excluded == nil }

    func includes(_ name: String) -> Bool {
        if let included { return included.matches(name) }
        if let excluded { return !excluded.matches(name) }
        return true
    }
}
