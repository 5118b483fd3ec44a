import Repository
import SystemInterface

/// A hold.
struct HoldRecord: JSONRecord {
    static let schema = "pastfs.hold.v1"
    let hold: String
    let snapshot: String
    let state: String
    let since: String
    let until: String?
    let user: String
    let host: String
    let reason: String
    let release: Release?

    struct Release: Encodable {
        let time: String
        let user: String
        let host: String
        let reason: String
    }

    init(_ hold: Hold, now: Timestamp) {
        self.hold = hold.id
        snapshot = hold.snapshot.description
        state = hold.release != nil ? "released" : hold.isInForce(at: now) ? "binding" : "over"
        since = TimeText.full(hold.attribution.time)
        until = hold.until.map(TimeText.full)
        user = hold.attribution.userName
        host = hold.attribution.host
        reason = hold.attribution.reason
        release = hold.release.map {
            Release(time: TimeText.full($0.time), user: $0.userName, host: $0.host, reason: $0.reason)
        }
    }
}
