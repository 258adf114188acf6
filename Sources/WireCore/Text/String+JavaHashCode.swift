extension String {
    /// The value of Java's `String.hashCode()`.
    package var javaHashCode: Int32 { utf16.reduce(0) { $0 &* 31 &+ Int32($1) } }
}
