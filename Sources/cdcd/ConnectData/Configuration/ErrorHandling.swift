/// What happens to a record that cannot be transformed or converted: the `errors.*` properties of a connector.
public struct ErrorHandling: Hashable, Sendable {
    /// `errors.tolerance=all`: the record is left out instead of failing the task.
    public let skipsRecords: Bool
    /// `errors.log.enable`: what is left out is logged.
    public let logsErrors: Bool
    /// `errors.log.include.messages`: with the record's contents.
    public let logsRecords: Bool

    /// - Precondition: the configuration was validated; whatever is not readable counts as its default.
    public init(configuration: [String: String]) {
        func isTrue(_ name: String) -> Bool { JavaText.trim(configuration[name] ?? "").lowercased() == "true" }
        skipsRecords = JavaText.trim(configuration["errors.tolerance"] ?? "") == "all"
        logsErrors = isTrue("errors.log.enable")
        logsRecords = isTrue("errors.log.include.messages")
    }
}
