/// The sinks of converters. A connector switches over them once for a row event, outside of the loop over the cells,
/// which is specialized for each.
@usableFromInline package enum ConverterSink {
    case json(JSONSinkPlan)
    case avro(AvroSinkPlan)
}
