import ConnectData
import KafkaWire

/// The text of an error as Java's `Throwable.printStackTrace` writes it, without the calls: name of the class, message,
/// and the causes. Errors without a class in Connect begin with their message.
enum StackTrace {
    static func text(of error: any Error) -> String {
        let text = KafkaError.explained(error)
        return (error as? any JavaException).map { "\($0.exceptionClassName): \(text)" } ?? text
    }
}
