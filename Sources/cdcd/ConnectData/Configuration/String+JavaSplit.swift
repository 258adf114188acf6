extension String {
    /// Java's `String.split` at a separator that is no regular expression: empty texts at the end are left out.
    package func javaSplit(_ separator: Character) -> [String] {
        var parts = split(separator: separator, omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else { return parts }
        while parts.last == "" { parts.removeLast() }
        return parts
    }
}
