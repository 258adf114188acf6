import Foundation
import Testing

@Suite struct ToolchainTests {
    /// `CNoLocaleData` replaces ICU's data by defining its symbol, whose name contains ICU's version. With another
    /// version the 34 MB of data would be linked.
    @Test func icuVersionMatchesTheReplacedDataSymbol() throws {
        let library = try #require(dlopen("lib_FoundationICU.so", RTLD_NOW), "the toolchain has no ICU of its own")
        let symbol = try #require(dlsym(library, "swift_u_getVersion"), "ICU has no version function")
        let getVersion = unsafeBitCast(symbol, to: (@convention(c) (UnsafeMutablePointer<UInt8>) -> Void).self)
        var version: [UInt8] = [0, 0, 0, 0]
        getVersion(&version)
        let source = Repository.root.appendingPathComponent("Sources/CNoLocaleData/data.c")
        let text = try String(contentsOf: source, encoding: .utf8)
        #expect(text.contains("icudt\(version[0])_dat"), "the toolchain has ICU \(version[0])")
    }
}
