/// A text that must not appear in logs and errors.
struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let text: String

    init(_ text: String) { self.text = text }

    var description: String { "[hidden]" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
