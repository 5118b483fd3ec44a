import Synchronization
import SystemInterface

/// What the files of `.pastfs` say.
final class ViewStatus: Sendable {
    /// The parts of the report, which are asked each time that it is made.
    private final class Parts: Sendable {
        let list = Mutex<[(name: String, value: @Sendable () -> StatusValue)]>([])

        var report: [UInt8] {
            // Asked without the lock: a part may take its time.
            let parts = list.withLock { $0 }
            return StatusValue.line(
                of: [("schema", .text(ViewStatus.schema))] + parts.map { ($0.name, $0.value()) })
        }
    }

    /// The form of the report. Readers accept members that they do not know.
    private static let schema = "pastfs.mount-status.v1"

    /// When the view was made.
    let begun: Timestamp

    private let parts: Parts
    private let report: GeneratedText
    private let errors: GeneratedText

    init(clock: any WallClock, log: DamageLog) {
        begun = clock.now()
        let parts = Parts()
        self.parts = parts
        report = GeneratedText(clock: clock) { parts.report }
        errors = GeneratedText(clock: clock) { log.text }
    }

    /// Adds a part to the report.
    func add(_ name: String, _ value: @escaping @Sendable () -> StatusValue) {
        parts.list.withLock { $0.append((name, value)) }
    }

    /// The text of a file.
    func text(_ file: StatusFile.Name) -> GeneratedText {
        switch file {
        case .status: report
        case .errors: errors
        }
    }
}
