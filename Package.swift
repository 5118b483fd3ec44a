// swift-tools-version: 6.2
// The target graph is the architecture: docs/architecture.md draws it, and CI holds every import against it.

import PackageDescription

let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "pastfs",
    products: [
        .executable(name: "pastfs", targets: ["pastfs"])
    ],
    targets: [
        // C libraries: each is imported by exactly one Swift target.
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CFuse", pkgConfig: "fuse3", providers: [.apt(["libfuse3-dev"])]),

        // The ground.
        .target(name: "Coding", swiftSettings: swift),
        .target(name: "SystemInterface", dependencies: ["CLinux", "Coding"], swiftSettings: swift),
        .target(name: "Cryptography", dependencies: ["COpenSSL", "Coding"], swiftSettings: swift),
        .target(name: "Compression", dependencies: ["CZstd"], swiftSettings: swift),
        .target(name: "Chunking", swiftSettings: swift),
        .target(name: "Storage", dependencies: ["Coding", "SystemInterface"], swiftSettings: swift),
        .target(name: "Catalog", dependencies: ["CSQLite", "Coding", "SystemInterface"], swiftSettings: swift),

        // The format.
        .target(
            name: "Repository",
            dependencies: [
                "Catalog", "Chunking", "Coding", "Compression", "Cryptography", "Storage", "SystemInterface",
            ],
            swiftSettings: swift),

        // The three wings, and what keeps them whole.
        .target(name: "PathRules", dependencies: ["SystemInterface"], swiftSettings: swift),
        .target(
            name: "Writer", dependencies: ["Chunking", "Coding", "PathRules", "Repository", "SystemInterface"],
            swiftSettings: swift),
        .target(
            name: "Restorer", dependencies: ["Coding", "PathRules", "Repository", "SystemInterface"],
            swiftSettings: swift),
        .target(
            name: "Maintenance", dependencies: ["Coding", "Repository", "Storage", "SystemInterface"],
            swiftSettings: swift),
        .target(name: "SnapshotView", dependencies: ["Coding", "Repository", "SystemInterface"], swiftSettings: swift),
        .target(
            name: "FuseMount", dependencies: ["CFuse", "Coding", "SnapshotView", "SystemInterface"],
            swiftSettings: swift),

        // What a person meets.
        .target(name: "CommandLineTools", swiftSettings: swift),
        .target(
            name: "Commands",
            dependencies: [
                "Chunking", "Coding", "CommandLineTools", "Cryptography", "FuseMount", "Maintenance", "PathRules",
                "Repository",
                "Restorer",
                "SnapshotView", "Storage", "SystemInterface", "Writer",
            ],
            swiftSettings: swift),
        .executableTarget(name: "pastfs", dependencies: ["Commands"], swiftSettings: swift),

        // Tests: one target a layer; what several of them need stands in TestSupport.
        .target(
            name: "TestSupport", dependencies: ["Coding", "SystemInterface"], path: "Tests/TestSupport",
            swiftSettings: swift),
        .testTarget(name: "CodingTests", dependencies: ["Coding", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "SystemInterfaceTests", dependencies: ["Coding", "SystemInterface", "TestSupport"],
            swiftSettings: swift),
        .testTarget(
            name: "CryptographyTests", dependencies: ["Coding", "Cryptography", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "CompressionTests", dependencies: ["Compression", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "ChunkingTests", dependencies: ["Chunking", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "PathRulesTests", dependencies: ["PathRules", "SystemInterface", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "StorageTests", dependencies: ["Coding", "Storage", "SystemInterface", "TestSupport"],
            swiftSettings: swift),
        .testTarget(
            name: "CatalogTests", dependencies: ["Catalog", "Coding", "SystemInterface", "TestSupport"],
            swiftSettings: swift),
        .target(
            name: "BackupTestSupport",
            dependencies: [
                "Chunking", "Cryptography", "Repository", "Restorer", "Storage", "SystemInterface", "TestSupport",
                "Writer",
            ],
            path: "Tests/BackupTestSupport", swiftSettings: swift),
        .testTarget(
            name: "WriterTests",
            dependencies: [
                "BackupTestSupport", "Catalog", "Coding", "Repository", "Restorer", "Storage", "SystemInterface",
                "TestSupport", "Writer",
            ],
            swiftSettings: swift),
        .testTarget(
            name: "RestorerTests",
            dependencies: [
                "BackupTestSupport", "Coding", "Cryptography", "Repository", "Restorer", "Storage", "SystemInterface",
                "TestSupport", "Writer",
            ],
            swiftSettings: swift),
        .testTarget(
            name: "RepositoryTests",
            dependencies: [
                "Catalog", "Chunking", "Coding", "Cryptography", "Repository", "Storage", "SystemInterface",
                "TestSupport",
            ],
            exclude: ["Golden"], swiftSettings: swift),
        .testTarget(
            name: "CommandLineToolsTests", dependencies: ["CommandLineTools", "TestSupport"], swiftSettings: swift),
        .target(
            name: "ViewTestSupport",
            dependencies: [
                "Coding", "Cryptography", "Repository", "SnapshotView", "Storage", "SystemInterface", "TestSupport",
            ],
            path: "Tests/ViewTestSupport", swiftSettings: swift),
        .testTarget(
            name: "SnapshotViewTests",
            dependencies: [
                "BackupTestSupport", "Coding", "Maintenance", "Repository", "SnapshotView", "Storage",
                "SystemInterface", "TestSupport", "ViewTestSupport",
            ],
            swiftSettings: swift),
        .executableTarget(
            name: "mount-fixture",
            dependencies: [
                "FuseMount", "Repository", "SnapshotView", "Storage", "SystemInterface", "ViewTestSupport",
            ],
            path: "Tests/MountFixture", swiftSettings: swift),
        .testTarget(
            name: "MountTests",
            dependencies: [
                "FuseMount", "Repository", "SnapshotView", "Storage", "SystemInterface", "TestSupport",
                "ViewTestSupport",
                "mount-fixture",
            ],
            swiftSettings: swift),
        // What `scripts/benchmark mount` compares with, and what makes its data.
        .executableTarget(
            name: "null-server", dependencies: ["CFuse", "SystemInterface"], path: "Tests/NullServer",
            swiftSettings: swift),
        .executableTarget(
            name: "repository-generator",
            dependencies: [
                "Catalog", "Coding", "Cryptography", "Repository", "Storage", "SystemInterface", "TestSupport",
            ],
            path: "Tests/RepositoryGenerator", swiftSettings: swift),
        // In C: it is about system calls, of which Swift sees few, and shares no code with what it judges.
        .executableTarget(
            name: "syscall-probe", path: "Tests/SyscallProbe",
            cSettings: [.enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error)],
            linkerSettings: [.linkedLibrary("pthread")]),
        // In C, as it is libfuse's own form of a file system: a directory whose files fail on demand.
        .executableTarget(
            name: "faulty-file-system", dependencies: ["CFuse"], path: "Tests/FaultyFileSystem",
            cSettings: [.enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error)],
            linkerSettings: [.linkedLibrary("pthread")]),
        .testTarget(
            name: "ConformanceTests", dependencies: ["Coding", "SystemInterface", "TestSupport", "pastfs"],
            exclude: ["Scripts"], swiftSettings: swift),
        .testTarget(
            name: "MaintenanceTests",
            dependencies: [
                "Coding", "Cryptography", "Maintenance", "Repository", "Storage", "SystemInterface", "TestSupport",
            ],
            swiftSettings: swift),
        // Power lost at every moment of the real program's runs, which a mount of faulty-file-system records.
        .testTarget(
            name: "PowerLossTests",
            dependencies: [
                "BackupTestSupport", "Cryptography", "Maintenance", "Repository", "Restorer", "Storage",
                "SystemInterface", "TestSupport", "Writer", "faulty-file-system", "pastfs",
            ],
            swiftSettings: swift),
        // How deletion and concurrent runs keep the store whole, explored exhaustively: docs/consistency.md.
        .target(name: "ConsistencyModel", path: "Tests/ConsistencyModel", swiftSettings: swift),
        .testTarget(name: "ConsistencyTests", dependencies: ["ConsistencyModel"], swiftSettings: swift),
        // Everything that reads bytes from outside, under bytes that a fuzzer makes: docs/testing.md, "Fuzzing".
        .systemLibrary(name: "CLibFuzzer", path: "Tests/CLibFuzzer"),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Coding", "CommandLineTools", "Commands", "Compression", "Cryptography", "FuseMount", "Maintenance",
                "PathRules", "Repository", "Restorer", "SnapshotView", "Storage", "SystemInterface", "TestSupport",
            ],
            path: "Tests/FuzzTargets", swiftSettings: swift),
        .executableTarget(
            name: "fuzz-driver", dependencies: ["CLibFuzzer", "FuzzTargets", "SystemInterface", "TestSupport"],
            path: "Tests/FuzzDriver", swiftSettings: swift),
        .testTarget(
            name: "FuzzTests", dependencies: ["FuzzTargets", "SystemInterface", "TestSupport", "fuzz-driver"],
            exclude: ["Corpora"], swiftSettings: swift),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "Coding", "CommandLineTools", "Commands", "FuseMount", "SystemInterface", "TestSupport",
                "faulty-file-system", "pastfs",
            ],
            swiftSettings: swift),
    ]
)
