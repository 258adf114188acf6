/// What happens to a record that cannot be transformed or converted: the `errors.*` properties of a connector.
package struct ErrorHandling: Hashable, Sendable {
    /// `errors.tolerance=all`: the record is left out instead of failing the task.
    package let skipsRecords: Bool
    /// `errors.log.enable`: what is left out is logged.
    package let logsErrors: Bool
    /// `errors.log.include.messages`: with the record's contents.
    package let logsRecords: Bool

    /// - Precondition: the configuration was validated; whatever is not readable counts as its default.
    package init(configuration: [String: String]) {
        func isTrue(_ name: String) -> Bool { JavaText.trim(configuration[name] ?? "").lowercased() == "true" }
        skipsRecords = JavaText.trim(configuration["errors.tolerance"] ?? "") == "all"
        logsErrors = isTrue("errors.log.enable")
        logsRecords = isTrue("errors.log.include.messages")
    }
}
