import ConnectData
import Testing
import WireCore
import WireTestSupport

/// Compares definitions and values with a worker's answer to a validation.
///
/// - Parameter fixture: has a definition with its value on each line, as a JSON document.
package func expectDefinitions(_ found: [ConfigValue], equal fixture: String) throws {
    let lines = try Fixtures.text(fixture).split(separator: "\n")
    #expect(found.count == lines.count)
    for (value, line) in zip(found, lines) {
        let expected = try #require(try JSONValue.parse(String(line)).objectValue)
        let key = try #require(value.key, "\(value.name)")
        func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
        let shown: JSONObject = [
            "name": .string(key.name), "type": .string(key.type.rawValue), "required": .bool(key.isRequired),
            "default_value": text(key.defaultValue), "importance": .string(key.importance.rawValue),
            "group": text(key.group), "order_in_group": .integer(Int64(key.orderInGroup)),
            "width": .string(key.width.rawValue), "display_name": .string(key.displayName),
            "dependents": .array(key.dependents.map(JSONValue.string)), "value": text(value.value),
            "errors": .array(value.errors.map(JSONValue.string)), "visible": .bool(value.isVisible),
        ]
        #expect(shown == expected, "\(value.name)")
        #expect(!key.documentation.isEmpty, "\(value.name)")
    }
}
