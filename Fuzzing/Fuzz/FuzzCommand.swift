import CLibFuzzer
import Foundation
import FuzzTargets
import Synchronization

/// `Fuzz list`, `Fuzz seeds TARGET FOLDER`, and `Fuzz TARGET [libFuzzer option or file...]`.
@main
enum FuzzCommand {
    /// libFuzzer's callback is a C function and cannot capture values.
    fileprivate static let target = Mutex<FuzzTarget?>(nil)

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case nil: end("usage: Fuzz list | seeds TARGET FOLDER | TARGET [libFuzzer option or file...]", status: 2)
        case "list": for target in FuzzTarget.all { print(target.name) }
        case "seeds" where arguments.count == 3: writeSeeds(of: known(arguments[1]), into: arguments[2])
        // libFuzzer starts the program again for some options, such as -merge=1, with the options only.
        case .some(let option) where option.hasPrefix("-"):
            guard let name = ProcessInfo.processInfo.environment[targetVariable] else {
                end("the name of a target precedes the options", status: 2)
            }
            run(known(name), arguments)
        case .some(let name):
            setenv(targetVariable, name, 1)
            run(known(name), Array(arguments.dropFirst()))
        }
    }

    private static let targetVariable = "CDCD_FUZZ_TARGET"

    private static func run(_ chosen: FuzzTarget, _ options: [String]) -> Never {
        target.withLock { $0 = chosen }
        exit(runDriver([CommandLine.arguments[0]] + options))
    }

    private static func known(_ name: String) -> FuzzTarget {
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
            end("there is no target \(name); Fuzz list prints the targets", status: 2)
        }
        return target
    }

    private static func runDriver(_ arguments: [String]) -> Int32 {
        var count = Int32(arguments.count)
        // The driver keeps the strings for the lifetime of the process.
        var pointers = arguments.map { strdup($0) } + [nil]
        return pointers.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            return LLVMFuzzerRunDriver(&count, &start, testOneInput)
        }
    }

    private static func writeSeeds(of target: FuzzTarget, into folder: String) {
        do {
            let seeds = try target.seeds() + target.keptInputs()
            guard !seeds.isEmpty else { end("\(target.name) has no seeds", status: 1) }
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (number, seed) in seeds.enumerated() {
                try Data(seed).write(to: URL(filePath: folder).appending(path: "seed-\(number)"))
            }
        } catch {
            end("\(target.name) has no seeds: \(error)", status: 1)
        }
    }

    private static func end(_ message: String, status: Int32) -> Never {
        FileHandle.standardError.write(Data("Fuzz: \(message)\n".utf8))
        exit(status)
    }
}

/// The function that libFuzzer's own `main` would call; this `main` replaces it and passes the function to the driver.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    FuzzCommand.target.withLock { $0 }?.run(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}
