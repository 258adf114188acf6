// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

/// Makes `swift build -c release` yield one static executable; only the executable may carry unsafe
/// flags, or nobody could depend on the libraries.
let staticRelease: [LinkerSetting] = [
    .unsafeFlags(["-static-stdlib", "-static-executable", "-use-ld=lld", "-l_FoundationICU", "-l_FoundationCollections", "-l_FoundationCShims", "-lCoreFoundation"], .when(configuration: .release)),
]

let package = Package(
    name: "cdcd",
    products: [
        .library(name: "MySQLWire", targets: ["MySQLWire"]),
        .library(name: "KafkaWire", targets: ["KafkaWire"]),
        .executable(name: "cdcd", targets: ["cdcd"]),
        // For Benchmarks/ and Fuzzing/ alone; nothing in these two is promised to anybody else.
        .library(
            name: "CDCDParts",
            targets: [
                "MySQLSource", "ConnectRuntime", "ConnectData", "MySQLWire", "KafkaWire", "WireCore", "WireTestSupport",
                "KafkaTestSupport",
            ]),
        .library(name: "RowWorkloads", targets: ["RowWorkloads"]),
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CNoLocaleData"),

        .target(name: "WireCore", dependencies: ["CZlib"], swiftSettings: strict),
        .target(name: "WireStreams", dependencies: ["WireCore", "COpenSSL"], swiftSettings: strict),
        .target(name: "MySQLWire", dependencies: ["WireCore", "WireStreams"], swiftSettings: strict),
        .target(name: "KafkaWire", dependencies: ["WireCore", "WireStreams"], swiftSettings: strict),

        .target(name: "ConnectData", dependencies: ["WireCore"], path: "Sources/cdcd/ConnectData", swiftSettings: strict),
        .target(
            name: "MySQLSource", dependencies: ["ConnectData", "MySQLWire", "WireCore", "WireStreams"],
            path: "Sources/cdcd/MySQLSource", swiftSettings: strict),
        .target(
            name: "ConnectRuntime", dependencies: ["ConnectData", "KafkaWire", "WireCore", "WireStreams"],
            path: "Sources/cdcd/ConnectRuntime", swiftSettings: strict),
        .executableTarget(
            name: "cdcd",
            dependencies: [
                "MySQLSource", "ConnectRuntime", "ConnectData", "MySQLWire", "KafkaWire", "WireCore", "WireStreams",
                "CNoLocaleData",
            ],
            path: "Sources/cdcd/Command", swiftSettings: strict, linkerSettings: staticRelease),

        .target(
            name: "WireTestSupport", dependencies: ["WireCore", "WireStreams"], path: "Tests/WireTestSupport",
            swiftSettings: strict),
        .target(
            name: "KafkaTestSupport", dependencies: ["KafkaWire", "WireCore", "WireTestSupport"],
            path: "Tests/KafkaTestSupport", swiftSettings: strict),
        // Here and not in the package Benchmarks, since it uses declarations that only this package sees.
        .target(
            name: "RowWorkloads",
            dependencies: [
                "MySQLSource", "ConnectRuntime", "ConnectData", "MySQLWire", "KafkaWire", "WireCore",
            ],
            path: "Benchmarks/RowWorkloads", swiftSettings: strict),
        .testTarget(name: "WireCoreTests", dependencies: ["WireCore", "WireTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "WireStreamsTests", dependencies: ["WireStreams", "WireCore", "WireTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "MySQLWireTests", dependencies: ["MySQLWire", "WireCore", "WireStreams", "WireTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "KafkaWireTests",
            dependencies: ["KafkaWire", "WireCore", "WireStreams", "WireTestSupport", "KafkaTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ConnectDataTests", dependencies: ["ConnectData", "WireCore", "WireTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "MySQLSourceTests",
            dependencies: ["MySQLSource", "ConnectData", "MySQLWire", "WireCore", "WireStreams", "WireTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ConnectRuntimeTests",
            dependencies: ["ConnectRuntime", "ConnectData", "KafkaWire", "WireCore", "WireStreams", "WireTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "cdcd", "ConnectRuntime", "ConnectData", "MySQLSource", "KafkaWire", "WireStreams", "WireTestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "cdcd", "MySQLSource", "ConnectRuntime", "ConnectData", "MySQLWire", "KafkaWire", "WireCore",
                "WireStreams", "WireTestSupport",
            ], swiftSettings: strict),
        .testTarget(name: "TidyTests", dependencies: [], swiftSettings: strict),
    ]
)
