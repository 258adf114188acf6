/// How schemas and values of Connect are mapped to Avro's (`AvroDataConfig`).
struct AvroSettings: Sendable {
    /// Apicurio's classes are an earlier version of Confluent's.
    enum Variant: Sendable { case confluent, apicurio }

    var variant = Variant.confluent
    /// `connect.meta.data`: schemas get what Avro does not express as `connect.*` properties.
    var writesMetadata = true
    /// `enhanced.avro.schema.support`: enumerations stay enumerations.
    var keepsEnumerations = false
    /// `generalized.sum.type.support`: the same, and unions, in a form that Confluent's converters share.
    var usesGeneralizedSumTypes = false
    /// `ignore.default.for.nullables`: a null is written as null even if the field has a default.
    var ignoresDefaultForNullables = false
    /// `scrub.invalid.names`: characters that names must not have are replaced.
    var scrubsNames = false
    /// `discard.type.doc.default`: documentation and defaults are those of fields only.
    var discardsTypeDocumentation = false
    /// `allow.optional.map.keys`: a map whose keys are optional strings is a map.
    var allowsOptionalMapKeys = false
    /// `flatten.singleton.union`: a union of one type is read as that type; never by Apicurio's converter.
    var flattensSingletonUnions = false
    /// `schemas.cache.size`, and Apicurio's `schemas.cache.config`.
    var schemaCountMax = 1000
    /// Confluent's serializer writes a value that is bytes, and nothing else, without a length.
    var writesRawBytes = false
}
