import Foundation
import Testing

@Suite struct ToolchainTests {
    /// `CNoLocaleData` takes the place of ICU's data by its name, which has ICU's version in it; with another
    /// version the real data would be linked, 34 MB of it.
    @Test func icuVersionMatchesTheReplacedDataSymbol() throws {
        let library = try #require(dlopen("lib_FoundationICU.so", RTLD_NOW), "the toolchain has no ICU of its own")
        let symbol = try #require(dlsym(library, "swift_u_getVersion"), "ICU does not tell its version")
        let getVersion = unsafeBitCast(symbol, to: (@convention(c) (UnsafeMutablePointer<UInt8>) -> Void).self)
        var version: [UInt8] = [0, 0, 0, 0]
        getVersion(&version)
        let source = Repository.root.appendingPathComponent("Sources/CNoLocaleData/data.c")
        let text = try String(contentsOf: source, encoding: .utf8)
        #expect(text.contains("icudt\(version[0])_dat"), "the toolchain has ICU \(version[0])")
    }
}
