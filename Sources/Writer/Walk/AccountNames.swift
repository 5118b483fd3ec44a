import SystemInterface

/// Names of owners: those of the entry before are at hand, because neighbours mostly have the same.
struct AccountNames {
    private var user: (number: UInt32, name: String?)?
    private var group: (number: UInt32, name: String?)?

    mutating func userName(_ number: UInt32) -> String? {
        if let user, user.number == number { return user.name }
        let name = Accounts.userName(number)
        user = (number, name)
        return name
    }

    mutating func groupName(_ number: UInt32) -> String? {
        if let group, group.number == number { return group.name }
        let name = Accounts.groupName(number)
        group = (number, name)
        return name
    }
}
