extension String {
    /// A text followed by a number.
    package init(_ prefix: String, _ number: UInt64) {
        var prefix = prefix
        self = prefix.withUTF8 { prefix in
            String(unsafeUninitializedCapacity: prefix.count + IntegerText.roomBytes) { text in
                guard let start = text.baseAddress else { return 0 }
                if let source = prefix.baseAddress { start.update(from: source, count: prefix.count) }
                return IntegerText.write(number, to: start + prefix.count) - start
            }
        }
    }
}
