import Foundation

/// Small files with credentials.
enum CredentialFile {
    private static let bytesMax = 1 << 20

    /// The text of a file without the blanks around it.
    static func text(_ path: String) throws(SASLError) -> String {
        let content: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            // One byte more than the limit is enough to refuse a file, even a device without an end.
            content = try file.read(upToCount: bytesMax + 1) ?? Data()
        } catch {
            // It may be written later, or replaced at this moment.
            throw SASLError("\(path) cannot be read: \((error as NSError).localizedDescription)", isRetriable: true)
        }
        guard content.count <= bytesMax, let text = String(validating: content, as: UTF8.self) else {
            throw SASLError("\(path) is not a small text")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
