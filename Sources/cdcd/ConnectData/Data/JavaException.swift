/// An error for which Connect throws an exception of a certain class. Traces and dead letter queues show its name.
package protocol JavaException: Error {
    /// The name of the class, with its package.
    var exceptionClassName: String { get }
}
