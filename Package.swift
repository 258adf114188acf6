// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

/// Makes `swift build -c release` yield one static executable.
///
/// `--icf=all` keeps one copy of functions whose machine code is the same, mostly specializations of generics: 1.3 % of
/// the binary. No code may distinguish functions by their addresses. The functions that a worker calls are placed next
/// to each other (scripts/order-functions): a quarter less resident memory. Unwind tables are left out
/// (`sections.ld`), so that a debugger follows frame pointers.
let staticRelease: [LinkerSetting] = [
    .unsafeFlags(
        ["-static-stdlib", "-static-executable", "-use-ld=lld", "-Xlinker", "--icf=all", "-Xlinker",
         "--symbol-ordering-file=\(Context.packageDirectory)/Sources/cdcd/function-order.txt", "-Xlinker",
         "--no-warn-symbol-ordering", "-Xlinker", "\(Context.packageDirectory)/Sources/cdcd/sections.ld",
         "-l_FoundationICU", "-l_FoundationCollections", "-l_FoundationCShims", "-lCoreFoundation"],
        .when(configuration: .release)),
]

/// The settings of targets that belong to no library product and may carry unsafe flags: each function is in a section
/// of its own, so that the linker can order the functions and remove unused ones.
let application: [SwiftSetting] = strict + [
    .unsafeFlags(["-Xfrontend", "-function-sections"], .when(configuration: .release)),
]

/// The settings of the libraries' targets. As a dependency of another package they carry no unsafe flags, which SwiftPM
/// refuses there; it keeps the packages that it fetches in a folder `checkouts`.
let library = Context.packageDirectory.contains("/checkouts/") ? strict : application

/// The settings of targets whose code does not run for each row, or only for what it does itself: optimized for size.
let compact: [SwiftSetting] = application + [.unsafeFlags(["-Osize"], .when(configuration: .release))]

/// What several targets need in the same words.
let wire: [Target.Dependency] = ["WireCore", "WireStreams"]
let kafka: [Target.Dependency] = ["KafkaProtocol", "KafkaWire"]
let plugins: [Target.Dependency] = ["ConnectData", "ConnectPlugins", "DebeziumPlugins"]

let package = Package(
    name: "cdcd",
    products: [
        .library(name: "MySQLWire", targets: ["MySQLWire"]),
        .library(name: "KafkaWire", targets: ["KafkaWire"]),
        .executable(name: "cdcd", targets: ["cdcd"]),
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CNoLocaleData"),
        .target(name: "CChecksums"),

        .target(name: "WireCore", dependencies: ["CChecksums", "CZlib"], swiftSettings: library),
        .target(name: "WireStreams", dependencies: ["WireCore", "COpenSSL"], swiftSettings: library),
        .target(name: "HTTPWire", dependencies: wire, swiftSettings: library),
        .target(name: "MySQLWire", dependencies: wire, swiftSettings: library),
        .target(
            name: "KafkaProtocol", dependencies: ["WireCore"], path: "Sources/KafkaWire/Protocol",
            swiftSettings: library),
        .target(
            name: "KafkaWire", dependencies: wire + ["HTTPWire", "KafkaProtocol"], path: "Sources/KafkaWire/Client",
            swiftSettings: library),
        .target(
            name: "KafkaBroker", dependencies: wire + ["KafkaProtocol"], path: "Sources/KafkaWire/Broker",
            swiftSettings: compact),

        .target(
            name: "ConnectData", dependencies: ["WireCore"], path: "Sources/cdcd/ConnectData",
            swiftSettings: application),
        .target(
            name: "ConnectPlugins", dependencies: wire + ["ConnectData", "HTTPWire"],
            path: "Sources/cdcd/ConnectPlugins", swiftSettings: compact),
        .target(
            name: "DebeziumPlugins", dependencies: ["ConnectData", "WireCore"], path: "Sources/cdcd/DebeziumPlugins",
            swiftSettings: compact),
        .target(
            name: "BinlogSource", dependencies: wire + ["ConnectData", "DebeziumPlugins", "MySQLWire"],
            path: "Sources/cdcd/BinlogSource", swiftSettings: application),
        .target(
            name: "ConnectRuntime", dependencies: wire + kafka + ["ConnectData", "HTTPWire"],
            path: "Sources/cdcd/ConnectRuntime", swiftSettings: application),
        .executableTarget(
            name: "cdcd",
            dependencies: wire + kafka + plugins + [
                "BinlogSource", "ConnectRuntime", "HTTPWire", "MySQLWire", "KafkaBroker", "CNoLocaleData",
            ],
            path: "Sources/cdcd/Command", swiftSettings: compact, linkerSettings: staticRelease),

        .target(
            name: "WireTestSupport", dependencies: wire, path: "Tests/WireTestSupport", swiftSettings: strict),
        .target(
            name: "KafkaTestSupport", dependencies: ["KafkaProtocol", "WireCore", "WireTestSupport"],
            path: "Tests/KafkaTestSupport", swiftSettings: strict),
        .target(
            name: "MySQLTestSupport", dependencies: ["MySQLWire", "WireCore"], path: "Tests/MySQLTestSupport",
            swiftSettings: strict),
        .target(
            name: "PluginTestSupport", dependencies: wire + plugins + ["HTTPWire", "WireTestSupport"],
            path: "Tests/PluginTestSupport", swiftSettings: strict),
        .target(
            name: "RecordTestSupport",
            dependencies: plugins + ["ConnectRuntime", "KafkaProtocol", "PluginTestSupport", "WireCore"],
            path: "Tests/RecordTestSupport", swiftSettings: strict),
        .testTarget(
            name: "WireCoreTests", dependencies: ["WireCore", "WireTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "WireStreamsTests", dependencies: wire + ["WireTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "HTTPWireTests", dependencies: wire + ["HTTPWire", "WireTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "MySQLWireTests", dependencies: wire + ["MySQLWire", "WireTestSupport", "MySQLTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "KafkaProtocolTests",
            dependencies: ["KafkaProtocol", "WireCore", "WireTestSupport", "KafkaTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "KafkaWireTests",
            dependencies: wire + kafka + ["HTTPWire", "KafkaBroker", "WireTestSupport", "KafkaTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "KafkaBrokerTests",
            dependencies: wire + kafka + ["KafkaBroker", "WireTestSupport", "KafkaTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ConnectDataTests",
            dependencies: plugins + ["PluginTestSupport", "WireCore", "WireTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ConnectPluginsTests", dependencies: wire + plugins + ["PluginTestSupport", "WireTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "DebeziumPluginsTests", dependencies: plugins + ["PluginTestSupport", "WireCore", "WireTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "BinlogSourceTests",
            dependencies: wire + kafka + plugins + [
                "BinlogSource", "ConnectRuntime", "MySQLWire", "PluginTestSupport", "RecordTestSupport",
                "WireTestSupport", "MySQLTestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ConnectRuntimeTests",
            dependencies: wire + kafka + plugins + [
                "ConnectRuntime", "HTTPWire", "PluginTestSupport", "WireTestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests",
            dependencies: wire + kafka + ["cdcd", "ConnectRuntime", "ConnectData", "BinlogSource", "WireTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: wire + kafka + plugins + [
                "cdcd", "BinlogSource", "ConnectRuntime", "HTTPWire", "MySQLWire", "KafkaBroker", "RecordTestSupport",
                "WireTestSupport", "MySQLTestSupport",
            ], swiftSettings: strict),
        .testTarget(name: "TidyTests", dependencies: [], swiftSettings: strict),

        // Tools for developers; part of no product.
        .target(name: "CAllocationCount", path: "Benchmarks/CAllocationCount"),
        .target(
            name: "RowWorkloads",
            dependencies: kafka + plugins + ["BinlogSource", "ConnectRuntime", "HTTPWire", "MySQLWire", "WireCore"],
            path: "Benchmarks/RowWorkloads", swiftSettings: strict),
        .executableTarget(
            name: "Benchmarks",
            dependencies: kafka + plugins + [
                "BinlogSource", "ConnectRuntime", "MySQLWire", "RowWorkloads", "WireCore", "WireTestSupport",
                "KafkaTestSupport", "MySQLTestSupport", "CAllocationCount",
            ], path: "Benchmarks/Benchmarks", swiftSettings: strict),
        // Linked as the product is: calls into the standard library cost the same.
        .executableTarget(
            name: "CountedWorkload", dependencies: ["RowWorkloads"], path: "Benchmarks/CountedWorkload",
            swiftSettings: strict, linkerSettings: staticRelease),
        .executableTarget(
            name: "LibraryBenchmarks", dependencies: wire + ["KafkaProtocol", "KafkaWire", "MySQLWire"],
            path: "Benchmarks/LibraryBenchmarks", swiftSettings: strict, linkerSettings: staticRelease),
        .target(
            name: "FuzzTargets",
            dependencies: kafka + plugins + [
                "BinlogSource", "ConnectRuntime", "HTTPWire", "KafkaBroker", "MySQLWire", "WireCore",
                "WireTestSupport", "KafkaTestSupport", "MySQLTestSupport",
            ],
            path: "Fuzzing/FuzzTargets", swiftSettings: strict),
        .systemLibrary(name: "CLibFuzzer", path: "Fuzzing/CLibFuzzer"),
        .executableTarget(
            name: "Fuzz", dependencies: ["FuzzTargets", "CLibFuzzer"], path: "Fuzzing/Fuzz", swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
    ]
)
