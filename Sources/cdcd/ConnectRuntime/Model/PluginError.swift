/// The description of an error that a plugin threw. The error itself cannot cross threads.
struct PluginError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ error: any Error) { description = "\(error)" }
}
