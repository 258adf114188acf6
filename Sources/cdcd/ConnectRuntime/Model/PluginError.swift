/// What a plugin threw, as text: it crosses threads.
struct PluginError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ error: any Error) { description = "\(error)" }
}
