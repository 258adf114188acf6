/// A failure that prevents a worker from starting or continuing, with its place, cause and remedy.
struct WorkerError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
