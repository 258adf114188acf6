/// The texts of an ENUM's or SET's options as UTF-8, one after the other.
struct OptionTexts: Sendable {
    private var bytes: ContiguousArray<UInt8> = []
    /// By option: where its text ends.
    private var ends: ContiguousArray<Int> = []

    init(_ options: [String]) {
        for option in options {
            bytes.append(contentsOf: option.utf8)
            ends.append(bytes.count)
        }
    }

    var count: Int { ends.count }

    @inline(__always)
    func withUTF8(_ index: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes { bytes in
            body(UnsafeRawBufferPointer(rebasing: bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]))
        }
    }
}
