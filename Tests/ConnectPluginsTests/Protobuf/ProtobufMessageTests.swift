import ConnectData
import Testing
import WireCore
import WireTestSupport

@testable import ConnectPlugins

@Suite("Protobuf messages")
struct ProtobufMessageTests {
    private struct Case {
        let proto: String
        let message: String
        let body: [UInt8]

        init(_ name: String) throws {
            let line = try #require(
                try Fixtures.text("protobuf/messages.jsonl").split(separator: "\n").lazy
                    .compactMap { try JSONValue.parse(String($0)).objectValue }.first { $0["case"] == .string(name) })
            proto = try #require(line["proto"]?.stringValue)
            message = try #require(line["message"]?.stringValue)
            body = try #require([UInt8](hex: line["body"]?.stringValue ?? "-"))
        }
    }

    private func read(
        _ item: Case, _ settings: ProtobufSettings = ProtobufSettings()
    ) throws -> (schema: Schema, value: ConnectValue) {
        let types = try ProtobufTypes(try ProtobufTextParser.parse(item.proto)) { _ in nil }
        var translator = ProtobufTranslator(types, settings)
        let kind = try translator.root(item.message, version: nil)
        let value = try item.body.withUnsafeBytes { try ProtobufDecoder.value($0, kind) }
        return (try #require(kind.rootSchema), value)
    }

    private func write(
        _ value: ConnectValue, _ schema: Schema, _ settings: ProtobufSettings = ProtobufSettings()
    ) throws -> [UInt8] {
        var writer = ByteWriter()
        try ProtobufEncoder.write(
            value, try ProtobufSchemaBuilder.derivation(of: schema, settings).kind, into: &writer)
        return writer.array()
    }

    /// Reads a case, and expects the same bytes when its value is written with the schema that was read.
    private func check(
        _ name: String, _ settings: ProtobufSettings = ProtobufSettings(), isWritten: Bool = true,
        schema: String? = nil, value: String
    ) throws {
        let item = try Case(name)
        let (found, content) = try read(item, settings)
        if let schema { #expect(found.described == schema) }
        #expect(content.described == value)
        if isWritten { #expect(try write(content, found, settings) == item.body) }
    }

    private static let status = "protobuf.Enum=Status,Enum.ACTIVE=0,Enum.INACTIVE=1"
    private static let nested = """
        struct NestedMessage{user_id:struct UserId[protobuf.Tag=1]{user_id_0:struct \
        io.confluent.connect.protobuf.Union.user_id{kafka_user_id:string[protobuf.Tag=1]?;\
        other_user_id:int32[protobuf.Tag=2]?;another_id:struct MessageId[protobuf.Tag=3]{id:string[protobuf.Tag=1]?}?}?}?;\
        is_active:boolean[protobuf.Tag=2]?;experiments_active:array[protobuf.Tag=3](string?)?;\
        updated_at:int64 org.apache.kafka.connect.data.Timestamp v1[protobuf.Tag=4]?;\
        status:string Status[\(status),protobuf.Tag=5]?;\
        complex_type:struct ComplexType[protobuf.Tag=6]{some_val_0:struct io.confluent.connect.protobuf.Union.some_val\
        {one_id:string[protobuf.Tag=1]?;other_id:int32[protobuf.Tag=2]?}?;is_active:boolean[protobuf.Tag=3]?}?;\
        map_type:map map_type[protobuf.Tag=7](string[protobuf.Tag=1]?:string[protobuf.Tag=2]?)?;\
        inner:struct InnerMessage[protobuf.Tag=8]{id:string[protobuf.Tag=1]?;ids:array[protobuf.Tag=2](int32?)?}?}
        """

    @Test("nested messages, oneofs, maps and enumerations are Confluent's structs")
    func nested() throws {
        try check(
            "nested-string", schema: Self.nested,
            value: """
                {user_id:{user_id_0:{kafka_user_id:"my_user"}},is_active:true,experiments_active:["first experiment",\
                "second experiment"],updated_at:1505692800000,status:"INACTIVE",map_type:<"Hello":"World">,\
                inner:{id:"",ids:[]}}
                """)
        try check(
            "nested-int",
            value: """
                {user_id:{user_id_0:{other_user_id:0}},is_active:false,experiments_active:[],updated_at:-1,\
                status:"ACTIVE",complex_type:{some_val_0:{one_id:""},is_active:true},map_type:<>,inner:{id:"",\
                ids:[1,-2,300]}}
                """)
        try check(
            "nested-empty", schema: Self.nested,
            value: #"{is_active:false,experiments_active:[],status:"ACTIVE",map_type:<>}"#)
    }

    @Test("int.for.enums, generalized.sum.type.support, enhanced.protobuf.schema.support and the options for unions")
    func unionOptions() throws {
        var settings = ProtobufSettings()
        settings.usesIntegersForEnumerations = true
        settings.addsIndexToUnions = false
        let (schema, value) = try read(try Case("nested-string"), settings)
        #expect(value.structValue?["status"] == .integer(1))
        #expect(schema.fields[0].schema.fields[0].name == "user_id")
        #expect(try write(value, schema, settings) == Case("nested-string").body)
        settings = ProtobufSettings()
        settings.supportsGeneralizedSumTypes = true
        try check(
            "nested-string", settings,
            value: try read(try Case("nested-string")).value.described)
        let generalized = try read(try Case("nested-string"), settings).schema
        #expect(
            generalized.fields[0].schema.fields[0].schema.described.hasPrefix(
                "struct user_id[data.Union=user_id]{kafka_user_id"))
        settings = ProtobufSettings()
        settings.keepsPackages = true
        let package = "io.confluent.kafka.serializers.protobuf.test"
        let packaged = try read(try Case("nested-string"), settings).schema
        #expect(packaged.name == "\(package).NestedMessage")
        #expect(
            packaged.fields[0].schema.fields[0].schema.name
                == "io.confluent.connect.protobuf.Union.\(package).UserId.user_id")
        #expect(packaged.fields[6].schema.name == "\(package).NestedMessage.map_type")
        settings = ProtobufSettings()
        settings.flattensUnions = true
        #expect(
            try read(try Case("nested-int"), settings).value.structValue?["user_id"]?.described
                == "{other_user_id:0}")
        settings = ProtobufSettings()
        settings.makesStructsForNulls = true
        #expect(
            try read(try Case("nested-empty"), settings).value.structValue?["inner"]?.described
                == #"{id:"",ids:[]}"#)
    }

    @Test("every scalar type keeps its type in a parameter")
    func scalars() throws {
        try check(
            "scalars",
            value: """
                {test_string:"größe",test_bool:true,test_bytes:[0, 255],test_double:-1.5e+300,test_float:12.25,\
                test_fixed32:4294967295,test_fixed64:12,test_int32:-12,test_int64:-9223372036854775808,\
                test_sfixed32:-12,test_sfixed64:-12,test_sint32:-12,test_sint64:-9223372036854775808,\
                test_uint32:4294967295,test_uint64:12,numbers:[0.0,1.5],signs:[0,-1,64]}
                """)
        let schema = try read(try Case("scalars")).schema
        #expect(schema.fields[11].schema.described == "int32[protobuf.Type=sint32,protobuf.Tag=12]?")
        #expect(schema.fields[13].schema.described == "int64[protobuf.Type=uint32,protobuf.Tag=14]?")
    }

    @Test("decimals, dates and times are Connect's logical types")
    func logicalTypes() throws {
        try check(
            "logical",
            schema: """
                struct Logical{decimal:bytes org.apache.kafka.connect.data.Decimal v1[scale=3,decimal.precision=8,\
                protobuf.Tag=1]?;date:int32 org.apache.kafka.connect.data.Date v1[protobuf.Tag=2]?;\
                time:int32 org.apache.kafka.connect.data.Time v1[protobuf.Tag=3]?;\
                timestamp:int64 org.apache.kafka.connect.data.Timestamp v1[protobuf.Tag=4]?;tiny:int8[protobuf.Tag=5]?}
                """,
            value: "{decimal:[0, 188, 97, 78],date:17531,time:40333014,timestamp:1514678400000,tiny:12}".replacing(
                "[0, 188, 97, 78]", with: "\(UnscaledDecimal.bytes(12_345_678))"))
    }

    @Test("wrapper.for.nullables: a message with one scalar is that scalar")
    func wrappers() throws {
        try check(
            "wrappers",
            schema: """
                struct KeyValueWrapperMessage{key:int32[protobuf.Tag=1]?;wrappedValue:struct StringValue[protobuf.Tag=2]\
                {value:string[protobuf.Tag=1]?}?;wrappedValue2:struct UInt32Value[protobuf.Tag=3]\
                {value:int64[protobuf.Type=uint32,protobuf.Tag=1]?}?}
                """, value: #"{key:123,wrappedValue:{value:"hi"},wrappedValue2:{value:456}}"#)
        var settings = ProtobufSettings()
        settings.wrapsNullables = true
        try check(
            "wrappers", settings,
            schema: "struct KeyValueWrapperMessage{key:int32[protobuf.Tag=1];wrappedValue:string[protobuf.Tag=2]?;"
                + "wrappedValue2:int64[protobuf.Tag=3]?}", value: #"{key:123,wrappedValue:"hi",wrappedValue2:456}"#)
        try check("wrappers-empty", settings, value: #"{key:0,wrappedValue:""}"#)
    }

    @Test("optional.for.nullables: only labelled fields may be null")
    func optionals() throws {
        try check("optional", isWritten: false, value: #"{key:123,value:""}"#)
        var settings = ProtobufSettings()
        settings.labelsNullablesOptional = true
        try check(
            "optional", settings,
            schema: "struct KeyValueOptionalMessage{key:int32[protobuf.Tag=1];value:string[protobuf.Tag=2]?}",
            value: #"{key:123,value:""}"#)
    }

    @Test("an absent optional field of proto2 is null, or its default with optional.for.proto2=false")
    func proto2() throws {
        try check("proto2", isWritten: false, value: "{key:123,old:[1,2]}")
        var settings = ProtobufSettings()
        settings.supportsOptionalOfProto2 = false
        try check("proto2", settings, isWritten: false, value: #"{key:123,value:"x",old:[1,2]}"#)
    }

    @Test("a record of a wrapper is its scalar, unless wrapper.for.raw.primitives=false")
    func rootWrappers() throws {
        let types = try ProtobufTypes(ProtobufKnownTypes.wrappers) { _ in nil }
        var translator = ProtobufTranslator(types, ProtobufSettings())
        let kind = try translator.root("google.protobuf.StringValue", version: nil)
        #expect(kind.rootSchema?.described == "string")
        let bytes: [UInt8] = [0x0A, 1, 0x61]
        #expect(try bytes.withUnsafeBytes { try ProtobufDecoder.value($0, kind) } == .string("a"))
        #expect(try write(.string("a"), Schema(.string)) == bytes)
        #expect(try write(.boolean(false), Schema(.boolean)) == [])
        var settings = ProtobufSettings()
        settings.unwrapsRoot = false
        translator = ProtobufTranslator(types, settings)
        #expect(
            try translator.root("google.protobuf.StringValue", version: nil).rootSchema?.described
                == "struct StringValue{value:string[protobuf.Tag=1]?}")
    }

    @Test("messages that occur twice are merged, unknown fields are skipped, and the last member of a oneof counts")
    func merging() throws {
        let proto = """
            syntax = "proto3"; message A { B b = 1; oneof o { int32 x = 2; string y = 3; } map<int32,int32> m = 4; }
            message B { int32 p = 1; int32 q = 2; }
            """
        let types = try ProtobufTypes(try ProtobufTextParser.parse(proto)) { _ in nil }
        var translator = ProtobufTranslator(types, ProtobufSettings())
        let kind = try translator.root("A", version: nil)
        let bytes: [UInt8] = [
            0x0A, 2, 0x08, 1, 0x10, 5, 0x0A, 2, 0x10, 2, 0x1A, 1, 0x61,
            // Field 9, a group with a varint, and field 10, a fixed32.
            0x4B, 0x08, 1, 0x4C, 0x55, 1, 2, 3, 4,
            // The same key twice, and a field of another type than declared.
            0x22, 4, 0x08, 1, 0x10, 1, 0x22, 4, 0x08, 1, 0x10, 2, 0x15, 0, 0, 0, 0,
        ]
        let value = try bytes.withUnsafeBytes { try ProtobufDecoder.value($0, kind) }
        #expect(value.described == #"{o_0:{y:"a"},b:{p:1,q:2},m:<1:2>}"#)
    }

    @Test("broken messages are errors", arguments: [
        ([0x08], "While parsing a protocol message, the input ended unexpectedly in the middle of a field."),
        ([0x12, 5, 0x61], "While parsing a protocol message, the input ended unexpectedly in the middle of a field."),
        ([0x12, 1, 0xFF], "Protocol message had invalid UTF-8."),
        ([0x0F], "Protocol message tag had invalid wire type."),
        ([0x00], "Protocol message contained an invalid tag (zero)."),
        ([0x0C], "Protocol message end-group tag did not match expected tag."),
        (
            [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
            "CodedInputStream encountered a malformed varint."
        ),
        (Array(repeating: 0x4B, count: 200), "Protocol message had too many levels of nesting."),
    ] as [([UInt8], String)])
    func defects(_ bytes: [UInt8], _ message: String) throws {
        let types = try ProtobufTypes(
            try ProtobufTextParser.parse("syntax=\"proto3\"; message A { int32 x = 1; string y = 2; }")) { _ in nil }
        var translator = ProtobufTranslator(types, ProtobufSettings())
        let kind = try translator.root("A", version: nil)
        #expect(throws: DataError(message)) { try bytes.withUnsafeBytes { try ProtobufDecoder.value($0, kind) } }
    }
}
