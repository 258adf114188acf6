import Testing

@testable import ConnectPlugins

@Suite struct SchemaDifferenceTests {
    private func record(_ fields: String, _ name: String = "V") -> RegisteredSchema {
        RegisteredSchema(.avro, text: #"{"type":"record","name":"\#(name)","namespace":"p","fields":[\#(fields)]}"#)
    }

    private func explanation(_ old: String, _ new: String, _ level: String = "BACKWARD") -> [String] {
        SchemaDifference.explanation(of: record(new), after: record(old), level: level)
    }

    private let id = #"{"name":"id","type":"int"}"#

    @Test func fieldsAreNamed() {
        let must = #"{"name":"must","type":"int"}"#
        #expect(explanation(id, "\(id),\(must)") == ["must was added without a default"])
        #expect(explanation("\(id),\(must)", id) == [])
        #expect(explanation("\(id),\(must)", id, "FORWARD_TRANSITIVE") == ["must, which has no default, was removed"])
        #expect(explanation("\(id),\(must)", id, "FULL") == ["must, which has no default, was removed"])
        #expect(explanation(id, #"\#(id),{"name":"may","type":["null","int"],"default":null}"#, "FULL") == [])
        #expect(explanation(must, #"{"name":"new","type":"int","aliases":["must"]}"#) == [])
    }

    @Test func typesAreComparedAsAvroDoes() {
        func field(_ type: String) -> String { #"{"name":"f","type":\#(type)}"# }
        #expect(explanation(field(#""int""#), field(#""long""#)) == [])
        #expect(explanation(field(#""long""#), field(#""int""#)) == ["the type of f was changed from long to int"])
        #expect(explanation(field(#""int""#), field(#"["null","int"]"#)) == [])
        #expect(explanation(field(#"["null","int"]"#), field(#""int""#)) == ["the type of f was changed from null to int"])
        #expect(
            explanation(field(#""string""#), field(#"["null","int"]"#))
                == ["the type of f was changed from string to [null, int]"])
        let small = #"{"type":"enum","name":"E","symbols":["A"]}"#
        let large = #"{"type":"enum","name":"E","symbols":["A","B"]}"#
        #expect(explanation(field(large), field(small)) == ["symbols of f were removed: B"])
        #expect(explanation(field(small), field(large), "FULL") == ["symbols of f were added: B"])
        #expect(
            explanation(
                field(#"{"type":"fixed","name":"F","size":4}"#), field(#"{"type":"fixed","name":"F","size":8}"#))
                == ["the size of f was changed from 4 to 8"])
        #expect(
            explanation(
                field(#"{"type":"array","items":"string"}"#), field(#"{"type":"array","items":"boolean"}"#))
                == ["the type of f[] was changed from string to boolean"])
        #expect(
            explanation(field(#"{"type":"map","values":"int"}"#), field(#"{"type":"map","values":"bytes"}"#))
                == ["the type of f{} was changed from int to bytes"])
        let decimal = #"{"type":{"type":"bytes","logicalType":"decimal"}}"#
        #expect(explanation(field(decimal), field(#""int""#)) == ["the type of f was changed from bytes (decimal) to int"])
    }

    /// An envelope has the record twice: the second time by its name.
    @Test func fieldOfANestedRecordIsNamedOnce() {
        func envelope(_ fields: String) -> String {
            #"{"name":"before","type":["null",{"type":"record","name":"Value","fields":[\#(fields)]}],"default":null},"#
                + #"{"name":"after","type":["null","Value"],"default":null}"#
        }
        #expect(
            explanation(envelope(id), envelope(#"\#(id),{"name":"must","type":"int"}"#))
                == ["before.must was added without a default"])
    }

    @Test func recordOfAnotherNameIsADifference() {
        #expect(
            SchemaDifference.explanation(of: record(id, "W"), after: record(id), level: "BACKWARD")
                == ["the name of the schema was changed from p.V to p.W"])
    }

    /// A list that contains itself, and unions of it, end.
    @Test func recursiveSchemasEnd() {
        let list = #"{"name":"next","type":["null","V",{"type":"array","items":["null","V"]}],"default":null}"#
        #expect(explanation("\(list),\(id)", #"\#(list),{"name":"id","type":"string"}"#)
            == ["the type of id was changed from int to string"])
    }

    @Test func propertiesOfJSONSchemasAreNamed() {
        func schema(_ text: String) -> RegisteredSchema { RegisteredSchema(.json, text: text) }
        let old = schema(#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"},"c":{"oneOf":[{"type":"null"},{"type":"object","properties":{"x":{"type":"string"}}}]}}}"#)
        let new = schema(#"{"type":"object","required":["d"],"properties":{"a":{"type":"string"},"d":{"type":"string"},"c":{"oneOf":[{"type":"null"},{"type":"object","properties":{"x":{"type":"number"}}}]}}}"#)
        #expect(
            SchemaDifference.explanation(of: new, after: old, level: nil) == [
                "d was added, and it is required", "b was removed", "the type of c.x was changed from string to number",
                "the type of a was changed from integer to string",
            ])
    }

    @Test func schemaThatReadsTheRecordHasNoProblems() {
        let may = #"{"name":"may","type":["null","int"],"default":null}"#
        #expect(SchemaDifference.problems(reading: record(id), with: record("\(id),\(may)")) == [])
        #expect(
            SchemaDifference.problems(reading: record(id), with: record(#"\#(id),{"name":"x","type":"int"}"#))
                == ["x, which has no default, was removed"])
        let json = RegisteredSchema(.json, text: #"{"a":1,"b":2}"#)
        #expect(SchemaDifference.problems(reading: json, with: RegisteredSchema(.json, text: #"{"b":2, "a":1}"#)) == [])
        #expect(SchemaDifference.problems(reading: json, with: record(id)).count == 1)
        let message = RegisteredSchema(.protobuf, text: "message A {}")
        #expect(SchemaDifference.problems(reading: message, with: RegisteredSchema(.protobuf, text: "message B {}")).count == 1)
    }
}
