import Testing

/// A property, a value other than its default, and the observable effect of that value.
package struct PropertyEffect: Sendable, CustomTestStringConvertible {
    package typealias Observation = @Sendable ([String: String]) throws -> String

    /// The name of the declaration that the property belongs to: `config.storage.*` for all properties below a prefix.
    package let name: String
    package let property: String
    package let value: String
    /// The configuration without the property.
    package let context: [String: String]
    /// What is observed without the property; nil if it is only observed that something takes longer.
    package let before: String?
    package let after: String
    private let observe: Observation

    package var testDescription: String { "\(property)=\(value)" }

    /// - Parameters:
    ///   - name: the declaration's name if it differs from the property's.
    ///   - base: a configuration with the required properties only.
    ///   - context: properties to add to it; an empty value removes one.
    package init(
        _ property: String, _ value: String, of name: String? = nil, base: [String: String],
        with context: [String: String], from before: String?, to after: String, _ observe: @escaping Observation
    ) {
        self.name = name ?? property
        self.property = property
        self.value = value
        self.context = base.merging(context) { $1 }.filter { !$0.value.isEmpty }
        self.before = before
        self.after = after
        self.observe = observe
    }

    /// Records an issue unless the observation without and with the property is the expected one.
    package func verify() throws {
        #expect(before != after, "\(property) changes nothing")
        if let before {
            let observed = try observe(context)
            #expect(observed == before, "without \(property)")
        }
        let observed = try observe(context.merging([property: value]) { $1 })
        #expect(observed == after, "with \(property)")
    }
}
