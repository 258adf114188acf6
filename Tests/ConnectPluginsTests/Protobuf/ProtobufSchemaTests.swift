import ConnectData
import Testing
import WireCore

@testable import ConnectPlugins

@Suite("Protobuf schemas")
struct ProtobufSchemaTests {
    private func text(_ schema: Schema, _ settings: ProtobufSettings = ProtobufSettings()) throws -> String {
        ProtobufTextWriter.text(of: try ProtobufSchemaBuilder.derivation(of: schema, settings).file)
    }

    private func decimal(_ scale: Int, _ precision: Int) -> Schema {
        Schema(
            .bytes, isOptional: true, name: LogicalType.decimal.rawValue, version: 1,
            parameters: [.init("scale", "\(scale)"), .init("connect.decimal.precision", "\(precision)")])
    }

    private var envelope: Schema {
        let row = Schema(
            .structure, isOptional: true, name: "s.d.t.Value",
            fields: [
                .init("id", Schema(.int32)), .init("small", Schema(.int16, isOptional: true)),
                .init("price", decimal(2, 10)),
                .init("day", Schema(.int32, isOptional: true, name: LogicalType.date.rawValue, version: 1)),
                .init("text", Schema(.string, isOptional: true, defaultValue: .string("x"))),
                .init("tags", Schema(.array, isOptional: true, valueSchema: Schema(.string, isOptional: true))),
            ])
        return Schema(
            .structure, name: "s.d.t.Envelope", version: 2,
            fields: [
                .init("before", row), .init("after", row), .init("op", Schema(.string)),
                .init("ts_ms", Schema(.int64, isOptional: true)),
            ])
    }

    @Test("an envelope is a message with the messages of its structs in it")
    func envelopes() throws {
        #expect(
            try text(envelope) == """
                syntax = "proto3";
                package s.d.t;

                import "confluent/type/decimal.proto";
                import "google/type/date.proto";

                message Envelope {
                  Value before = 1;
                  Value after = 2;
                  string op = 3;
                  int64 ts_ms = 4;

                  message Value {
                    int32 id = 1;
                    int32 small = 2 [(confluent.field_meta) = {
                      params: [
                        {
                          key: "connect.type",
                          value: "int16"
                        }
                      ]
                    }];
                    confluent.type.Decimal price = 3 [(confluent.field_meta) = {
                      params: [
                        {
                          value: "10",
                          key: "precision"
                        },
                        {
                          value: "2",
                          key: "scale"
                        }
                      ]
                    }];
                    google.type.Date day = 4;
                    string text = 5;
                    repeated string tags = 6;
                  }
                }

                """)
    }

    @Test("optional.for.nullables and wrapper.for.nullables mark what may be null")
    func nullables() throws {
        var settings = ProtobufSettings()
        settings.labelsNullablesOptional = true
        let optional = try text(envelope, settings)
        for line in [
            "optional Value before = 1;", "  string op = 3;", "optional int32 small = 2 [", "repeated string tags = 6;",
            "optional google.type.Date day = 4;", "    int32 id = 1;",
        ] { #expect(optional.contains(line)) }
        settings = ProtobufSettings()
        settings.wrapsNullables = true
        let wrapped = try text(envelope, settings)
        for line in [
            "import \"google/protobuf/wrappers.proto\";", "google.protobuf.Int32Value small = 2 [", "  Value before = 1;",
            "google.protobuf.StringValue text = 5;", "repeated google.protobuf.StringValue tags = 6;",
        ] { #expect(wrapped.contains(line)) }
    }

    /// The names and types of `testFromConnectComplex` in Confluent's tests.
    @Test("maps are repeated messages, enumerations are nested, and unnamed schemas are numbered")
    func complex() throws {
        let enumeration = Schema(
            .string, isOptional: true, name: "Status",
            parameters: [
                .init("io.confluent.connect.protobuf.Enum", "Status"),
                .init("io.confluent.connect.protobuf.Enum.ACTIVE", "0"),
                .init("io.confluent.connect.protobuf.Enum.INACTIVE", "1"),
            ])
        let schema = Schema(
            .structure,
            fields: [
                .init("map", Schema(.map, keySchema: Schema(.string), valueSchema: Schema(.int32))),
                .init("mapNonStringKeys", Schema(.map, keySchema: Schema(.int32), valueSchema: Schema(.int32))),
                .init("enum", enumeration),
            ])
        #expect(
            try text(schema) == """
                syntax = "proto3";

                message ConnectDefault1 {
                  repeated ConnectDefault2Entry map = 1;
                  repeated ConnectDefault3Entry mapNonStringKeys = 2;
                  Status enum = 3;

                  message ConnectDefault2Entry {
                    string key = 1;
                    int32 value = 2;
                  }
                  message ConnectDefault3Entry {
                    int32 key = 1;
                    int32 value = 2;
                  }
                  enum Status {
                    ACTIVE = 0;
                    INACTIVE = 1;
                  }
                }

                """)
    }

    @Test("unions are oneofs, and a message does not have the name of its field")
    func unions() throws {
        let tag = "io.confluent.connect.protobuf.Tag"
        let union = Schema(
            .structure, isOptional: true, name: "io.confluent.connect.protobuf.Union.some_val",
            fields: [
                .init("one_id", Schema(.string, isOptional: true, parameters: [.init(tag, "1")])),
                .init("other_id", Schema(.int32, isOptional: true, parameters: [.init(tag, "3")])),
            ])
        let nested = Schema(.structure, name: "nested", parameters: [.init(tag, "2")], fields: [.init("s", Schema(.string))])
        let schema = Schema(
            .structure, name: "ComplexType", fields: [.init("some_val_0", union), .init("nested", nested)])
        #expect(
            try text(schema) == """
                syntax = "proto3";

                message ComplexType {
                  nestedMessage nested = 2;

                  oneof some_val {
                    string one_id = 1;
                    int32 other_id = 3;
                  }

                  message nestedMessage {
                    string s = 1;
                  }
                }

                """)
        let parsed = try ProtobufTextParser.parse(text(schema))
        #expect(ProtobufTypes.indexes(of: "ComplexType.nestedMessage", in: parsed) == [0, 0])
        #expect(ProtobufTypes.name(of: [0, 0], in: parsed) == "ComplexType.nestedMessage")
        // The union's value with the higher number follows the field between them.
        var writer = ByteWriter()
        let value = ConnectValue.structure(
            Struct(
                schema: schema,
                values: [
                    .structure(Struct(schema: union, values: [.null, .integer(0)])),
                    .structure(Struct(schema: nested, values: [.string("a")])),
                ]))
        try ProtobufEncoder.write(
            value, try ProtobufSchemaBuilder.derivation(of: schema, ProtobufSettings()).kind, into: &writer)
        #expect(writer.array() == [0x12, 3, 0x0A, 1, 0x61, 0x18, 0])
    }

    @Test("scrub.invalid.names replaces characters as Java does", arguments: [
        ("abc_DEF_123", "abc_DEF_123"), ("abc+-.*_", "abc_2B____"), ("abc-def", "abc_def"), ("abc+def", "abc_2Bdef"),
        ("abc  def", "abc__def"), ("0abc.def", "x0abc_def"), ("_abc.def", "x_abc_def"), ("größe", "gr_C3_B6_C3_9Fe"),
    ])
    func scrubbing(_ name: String, _ expected: String) {
        #expect(ProtobufNames.scrubbed(name) == expected)
    }

    @Test("names that Protobuf does not allow are errors, unless they are scrubbed")
    func names() throws {
        let schema = Schema(
            .structure, name: "org.acme-corp.invalid record-name", fields: [.init("invalid field-name", Schema(.string))])
        let error = #expect(throws: DataError.self) { try text(schema) }
        #expect(error?.message.hasPrefix("\"acme-corp\" is not a valid identifier.") == true)
        var settings = ProtobufSettings()
        settings.scrubsInvalidNames = true
        let derived = try ProtobufSchemaBuilder.derivation(of: schema, settings)
        #expect(derived.messageName == "org.acme_corp.invalid_record_name")
        #expect(derived.file.messages[0].fields[0].name == "invalid_field_name")
    }

    @Test("what has no message is an error")
    func unsupported() {
        #expect(throws: DataError("Unsupported root schema of type ARRAY")) {
            try text(Schema(.array, valueSchema: Schema(.string)))
        }
        #expect(throws: DataError("Array cannot be nested")) {
            let inner = Schema(.array, valueSchema: Schema(.string))
            _ = try text(Schema(.structure, fields: [.init("a", Schema(.array, valueSchema: inner))]))
        }
    }

    @Test("message indexes are zig-zag varints, a single zero for the first message")
    func messageIndexes() throws {
        for (indexes, bytes) in [([0], [0]), ([4], [2, 8]), ([1, 0], [4, 2, 0])] as [([Int], [UInt8])] {
            #expect(ProtobufMessageIndexes.encoded(indexes) == bytes)
            let (decoded, count) = try bytes.withUnsafeBytes { try ProtobufMessageIndexes.decode($0) }
            #expect(decoded == indexes && count == bytes.count)
        }
        let tooMany: [UInt8] = [0xFE, 0x7F]
        #expect(throws: DataError.self) { try tooMany.withUnsafeBytes { try ProtobufMessageIndexes.decode($0) } }
    }

    @Test("texts with comments, services, extensions, reserved names and all kinds of options are read")
    func parsing() throws {
        let file = try ProtobufTextParser.parse(
            """
            // A comment
            syntax = "proto2"; package a.b; /* another */ import public "x/y.proto"; import "z.proto";
            option java_package = "com.x"; option (my.opt).sub = { a: 1, b: [ 2, 3 ] c < d: 4 > };
            extend google.protobuf.FieldOptions { optional string f = 50000; }
            service S { rpc Get (A) returns (A) { option deprecated = true; } }
            message A {
              option (confluent.message_meta) = { doc: "x" };
              reserved 5, 7 to 9; reserved "old"; extensions 100 to max;
              required .a.b.A.E e = 1 [default = Y, deprecated = true];
              optional string s = 0x2 [(confluent.field_meta).params = { key: "k", value: 'v\\x41\\101\\n' }];
              map<string, A> children = 3;
              enum E { option allow_alias = true; reserved 9; X = 0 [(o) = "p"]; Y = -1; Z = 0; }
              oneof choice { option (o) = 1; int32 i = 10; }
            };
            """)
        #expect(file.package == "a.b" && file.imports == ["x/y.proto", "z.proto"] && !file.isProto3)
        let message = file.messages[0]
        #expect(message.fields.map(\.number) == [1, 2, 3, 10])
        #expect(message.fields[0].defaultText == "Y" && message.fields[0].label == .required)
        #expect(message.fields[1].parameters == [.init("k", "vAA\n")])
        #expect(message.fields[2].type == "childrenEntry" && message.fields[3].oneof == 0)
        #expect(message.enumerations[0].symbols.map(\.number) == [0, -1, 0])
    }

    @Test("defects of texts are errors with their line", arguments: [
        ("message A {", "line 1: expected a name"), ("message A {\n int32 = 1; }", "line 2: expected a name"),
        ("message A { group G = 1 {} }", "line 1: groups are not supported"),
        ("message A { int32 a = 99999999999; }", "line 1: invalid number 99999999999"),
        ("edition = \"2023\";", "line 1: editions are not supported"), ("/* x", "line 1: unterminated comment"),
        ("option a = \"x", "line 1: unterminated string"),
        (String(repeating: "message A {", count: 100), "line 1: nested deeper than 64"),
        ("option a = " + String(repeating: "[", count: 100), "line 1: nested deeper than 64"),
    ])
    func textDefects(_ text: String, _ message: String) {
        #expect(throws: DataError("Could not parse Protobuf - " + message)) { try ProtobufTextParser.parse(text) }
    }

    @Test("types are found in the innermost scope, across files, and recursion is an error")
    func resolution() throws {
        let file = try ProtobufTextParser.parse(
            """
            syntax = "proto3"; package foo; import "other.proto";
            message Event {
              Action action = 1; Target target = 2; bar.Other other = 3;
              message Target { Action action = 2; enum Action { ON = 0; } }
              enum Action { YES = 0; }
            }
            """)
        let types = try ProtobufTypes(file) {
            $0 == "other.proto" ? "syntax = \"proto3\"; package bar; message Other { int32 x = 1; }" : nil
        }
        var settings = ProtobufSettings()
        settings.keepsPackages = true
        var translator = ProtobufTranslator(types, settings)
        let schema = try #require(try translator.root("foo.Event", version: nil).rootSchema)
        #expect(schema.fields[0].schema.name == "foo.Event.Action")
        #expect(schema.fields[1].schema.fields[0].schema.name == "foo.Event.Target.Action")
        #expect(schema.fields[2].schema.name == "bar.Other")
        let recursive = try ProtobufTypes(
            try ProtobufTextParser.parse("syntax = \"proto3\"; message A { A next = 1; }")) { _ in nil }
        translator = ProtobufTranslator(recursive, settings)
        #expect(throws: DataError("The Protobuf message A contains itself: recursive schemas are not supported")) {
            try translator.root("A", version: nil)
        }
        #expect(throws: DataError.self) {
            try ProtobufTypes(try ProtobufTextParser.parse("message A { B b = 1; }")) { _ in nil }
        }
    }
}
