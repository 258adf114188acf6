import ConnectData
import DebeziumPlugins
import PluginTestSupport
import WireCore

@testable import BinlogSource

extension PropertyEffect {
    /// How values are represented.
    static let values = [
        PropertyEffect("decimal.handling.mode", "string", from: #""/zyw""#, to: #""-0.50000""#) {
            try EmittedRows("modes", $0).value(of: "d")
        },
        PropertyEffect("bigint.unsigned.handling.mode", "precise", from: "-1", to: #""AP//////////""#) {
            try EmittedRows("modes", $0).value(of: "u")
        },
        PropertyEffect("binary.handling.mode", "hex", from: #""AP8Q""#, to: #""00ff10""#) {
            try EmittedRows("modes", $0).value(of: "b")
        },
        PropertyEffect("time.precision.mode", "connect", from: "1767323045678901", to: "1767323045678") {
            try EmittedRows("modes", $0).value(of: "dt6")
        },
        // 0069-05-06.
        PropertyEffect("enable.time.adjuster", "false", from: "36285", to: "-694200") {
            try EmittedRows("times", $0).value(of: "d", id: 8)
        },
        // Connect's own type of times ends at 24 hours.
        PropertyEffect(
            "event.converting.failure.handling.mode", "fail", with: ["time.precision.mode": "connect"],
            from: "null", to: "alltypes.times.t"
        ) { properties in
            do {
                return try EmittedRows("times", properties).value(of: "t")
            } catch let error as ConversionError {
                return "\(error.table).\(error.column ?? "")"
            }
        },
        PropertyEffect("field.name.adjustment.mode", "avro", from: "키,a b,1x", to: "_,a_b,_1x") {
            try EmittedRows("my-t $x", $0).columns
        },
        PropertyEffect("sanitize.field.names", "true", .v19, from: "키,a b,1x", to: "_,a_b,_1x") {
            try EmittedRows("my-t $x", $0).columns
        },
        PropertyEffect(
            "schema.name.adjustment.mode", "avro", from: "p.alltypes.my-t__x.Key", to: "p.alltypes.my_t__x.Key"
        ) {
            try EmittedRows("my-t $x", $0).records.first?.keySchema.objectValue?["name"]?.stringValue ?? "none"
        },
    ]
}
