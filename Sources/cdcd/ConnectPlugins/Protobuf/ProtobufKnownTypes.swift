/// The files that .proto files import without anyone having to register them (`ProtobufSchema.knownTypes`).
enum ProtobufKnownTypes {
    /// `google/protobuf/wrappers.proto`, whose messages are the schemas of values that are no structs.
    static let wrappers = ProtobufFile(
        isProto3: true, package: "google.protobuf",
        options: [
            "java_package = \"com.google.protobuf\"", "java_outer_classname = \"WrappersProto\"",
            "java_multiple_files = true", "go_package = \"google.golang.org/protobuf/types/known/wrapperspb\"",
            "cc_enable_arenas = true", "objc_class_prefix = \"GPB\"",
            "csharp_namespace = \"Google.Protobuf.WellKnownTypes\"",
        ],
        messages: ProtobufScalar.wrapped.map { scalar in
            ProtobufMessage(
                name: String((scalar.wrapper ?? "").dropFirst("google.protobuf.".count)),
                fields: [ProtobufField(type: scalar.rawValue, name: "value", number: 1)])
        })

    /// What the other files declare that values may have; nil if the file is not known. Comments and options are left
    /// out.
    static func text(of path: String) -> String? { texts[path] }

    private static let google = "syntax=\"proto3\";package google."
    private static let texts = [
        "confluent/meta.proto": "syntax=\"proto3\";package confluent;message Meta{string doc=1;"
            + "map<string,string> params=2;repeated string tags=3;}",
        "confluent/type/decimal.proto": "syntax=\"proto3\";package confluent.type;"
            + "message Decimal{bytes value=1;uint32 precision=2;int32 scale=3;}",
        "google/protobuf/any.proto": google + "protobuf;message Any{string type_url=1;bytes value=2;}",
        "google/protobuf/descriptor.proto": google + "protobuf;",
        "google/protobuf/duration.proto": google + "protobuf;message Duration{int64 seconds=1;int32 nanos=2;}",
        "google/protobuf/empty.proto": google + "protobuf;message Empty{}",
        "google/protobuf/field_mask.proto": google + "protobuf;message FieldMask{repeated string paths=1;}",
        "google/protobuf/struct.proto": google
            + "protobuf;message Struct{map<string,Value> fields=1;}message Value{oneof kind{NullValue null_value=1;"
            + "double number_value=2;string string_value=3;bool bool_value=4;Struct struct_value=5;"
            + "ListValue list_value=6;}}enum NullValue{NULL_VALUE=0;}message ListValue{repeated Value values=1;}",
        "google/protobuf/timestamp.proto": google + "protobuf;message Timestamp{int64 seconds=1;int32 nanos=2;}",
        "google/type/color.proto": "syntax=\"proto3\";package google.type;import \"google/protobuf/wrappers.proto\";"
            + "message Color{float red=1;float green=2;float blue=3;google.protobuf.FloatValue alpha=4;}",
        "google/type/date.proto": google + "type;message Date{int32 year=1;int32 month=2;int32 day=3;}",
        "google/type/datetime.proto": google
            + "type;import \"google/protobuf/duration.proto\";message DateTime{int32 year=1;int32 month=2;int32 day=3;"
            + "int32 hours=4;int32 minutes=5;int32 seconds=6;int32 nanos=7;oneof time_offset{"
            + "google.protobuf.Duration utc_offset=8;TimeZone time_zone=9;}}message TimeZone{string id=1;string version=2;}",
        "google/type/dayofweek.proto": google
            + "type;enum DayOfWeek{DAY_OF_WEEK_UNSPECIFIED=0;MONDAY=1;TUESDAY=2;WEDNESDAY=3;THURSDAY=4;FRIDAY=5;"
            + "SATURDAY=6;SUNDAY=7;}",
        "google/type/decimal.proto": google + "type;message Decimal{string value=1;}",
        "google/type/fraction.proto": google + "type;message Fraction{int64 numerator=1;int64 denominator=2;}",
        "google/type/interval.proto": google
            + "type;import \"google/protobuf/timestamp.proto\";message Interval{"
            + "google.protobuf.Timestamp start_time=1;google.protobuf.Timestamp end_time=2;}",
        "google/type/latlng.proto": google + "type;message LatLng{double latitude=1;double longitude=2;}",
        "google/type/money.proto": google + "type;message Money{string currency_code=1;int64 units=2;int32 nanos=3;}",
        "google/type/month.proto": google
            + "type;enum Month{MONTH_UNSPECIFIED=0;JANUARY=1;FEBRUARY=2;MARCH=3;APRIL=4;MAY=5;JUNE=6;JULY=7;AUGUST=8;"
            + "SEPTEMBER=9;OCTOBER=10;NOVEMBER=11;DECEMBER=12;}",
        "google/type/quaternion.proto": google + "type;message Quaternion{double x=1;double y=2;double z=3;double w=4;}",
        "google/type/timeofday.proto": google
            + "type;message TimeOfDay{int32 hours=1;int32 minutes=2;int32 seconds=3;int32 nanos=4;}",
    ]
}
