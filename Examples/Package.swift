// swift-tools-version: 6.2
import PackageDescription

/// The libraries: a released version of the repository that `CDCD_REPOSITORY` names, otherwise this checkout.
let cdcd: Package.Dependency =
    if let url = Context.environment["CDCD_REPOSITORY"] {
        .package(url: url, from: "0.1.0")
    } else {
        .package(name: "cdcd", path: "..")
    }

/// With MemberImportVisibility the import of a library must suffice for every member that a program uses.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .treatAllWarnings(as: .error), .enableUpcomingFeature("MemberImportVisibility"),
]
let kafka: [Target.Dependency] = [.product(name: "KafkaWire", package: "cdcd")]
let mysql: [Target.Dependency] = [.product(name: "MySQLWire", package: "cdcd")]

let package = Package(
    name: "Examples",
    dependencies: [cdcd],
    targets: [
        .executableTarget(name: "ProduceAndReadBack", dependencies: kafka, swiftSettings: settings),
        .executableTarget(name: "QueryAndStreamRows", dependencies: mysql, swiftSettings: settings),
        .executableTarget(name: "TailBinlog", dependencies: mysql, swiftSettings: settings),
    ]
)
