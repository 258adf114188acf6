import ConnectData
import Testing

@Suite struct JavaTextOfValuesTests {
    @Test func valuesAreWrittenAsStringValueOfWritesThem() {
        let day = Schema(.int32, name: "org.apache.kafka.connect.data.Date", version: 1)
        let decimal = Schema(
            .bytes, name: "org.apache.kafka.connect.data.Decimal", parameters: [.init("scale", "2")])
        let row = Schema(
            .structure,
            fields: [
                .init("a", Schema(.int32)), .init("b", Schema(.string, isOptional: true)), .init("c", day),
                .init("d", decimal), .init("e", Schema(.array, valueSchema: Schema(.float64))),
                .init("f", Schema(.map, keySchema: Schema(.string), valueSchema: Schema(.boolean))),
            ])
        let value = ConnectValue.structure(
            Struct(
                schema: row,
                values: [
                    .integer(1), .null, .integer(-1), .bytes([0, 156]), .array([.float64(1), .null]),
                    .map([.init(key: .string("x"), value: .boolean(true)), .init(key: .string("y"), value: .null)]),
                ]))
        #expect(
            value.javaText(row)
                == "Struct{a=1,c=Wed Dec 31 00:00:00 UTC 1969,d=1.56,e=[1.0, null],f={x=true, y=null}}")
        #expect(ConnectValue.instant(1_709_210_096_789).javaText(nil) == "Thu Feb 29 12:34:56 UTC 2024")
    }
}
