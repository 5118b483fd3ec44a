import Repository
import SystemInterface

extension CommandContext {
    /// Who runs this command, where and when, and what they say is the reason.
    func attribution(reason: String) -> Attribution {
        let host = Host.name
        return Attribution(
            time: clock.now(), userName: Accounts.currentUserName(),
            host: host.utf8.count <= Limits.labelBytesMax ? host : "", reason: reason)
    }

    /// What `--reason` says; `or` where it is not given. Throws for one that is too long.
    func attribution(or reason: String) throws -> Attribution {
        let attribution = attribution(reason: try command.text("reason") ?? reason)
        do throws(RepositoryError) {
            try attribution.check()
        } catch {
            throw command.usageError("--reason: \(error.reason)", code: .invalidValue)
        }
        return attribution
    }
}
