// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

/// The counted program is linked as the product is: calls into the standard library cost the same.
let staticRelease: [LinkerSetting] = [
    .unsafeFlags(
        ["-static-stdlib", "-static-executable", "-use-ld=lld", "-l_FoundationICU", "-l_FoundationCollections",
         "-l_FoundationCShims", "-lCoreFoundation"], .when(configuration: .release)),
]

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "cdcd", path: "..")],
    targets: [
        .target(name: "CAllocationCount"),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [.product(name: "CDCDParts", package: "cdcd"), "CAllocationCount"], swiftSettings: strict),
        .executableTarget(
            name: "CountedWorkload", dependencies: [.product(name: "RowWorkloads", package: "cdcd")],
            swiftSettings: strict, linkerSettings: staticRelease),
    ]
)
