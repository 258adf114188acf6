/// The settings of Confluent's `ProtobufConverter` for schemas and values (`ProtobufDataConfig`).
struct ProtobufSettings: Sendable {
    /// `generalized.sum.type.support`
    var supportsGeneralizedSumTypes = false
    /// `ignore.default.for.nullables`
    var ignoresDefaultsOfNullables = false
    /// `schemas.cache.config`
    var schemaCountMax = 1000
    /// `enhanced.protobuf.schema.support`
    var keepsPackages = false
    /// `scrub.invalid.names`
    var scrubsInvalidNames = false
    /// `int.for.enums`
    var usesIntegersForEnumerations = false
    /// `optional.for.nullables`
    var labelsNullablesOptional = false
    /// `optional.for.proto2`
    var supportsOptionalOfProto2 = true
    /// `wrapper.for.nullables`
    var wrapsNullables = false
    /// `wrapper.for.raw.primitives`
    var unwrapsRoot = true
    /// `generate.struct.for.nulls`
    var makesStructsForNulls = false
    /// `generate.index.for.unions`
    var addsIndexToUnions = true
    /// `flatten.unions`
    var flattensUnions = false
}
