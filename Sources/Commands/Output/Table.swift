import SystemInterface

/// Rows in columns that are as wide as their widest cell, two spaces apart; behind a row's last words there is nothing.
struct Table {
    private var rows: [[String]]
    private let rightAligned: Set<Int>

    init(_ heading: [String], rightAligned: Set<Int> = []) {
        rows = [heading]
        self.rightAligned = rightAligned
    }

    mutating func add(_ row: [String]) {
        precondition(row.count == rows[0].count)
        rows.append(row.map { Printable.line($0) })
    }

    var lines: [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            let last = row.lastIndex { !$0.isEmpty } ?? 0
            for (column, cell) in row[...last].enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                let isLast = column == last
                line += rightAligned.contains(column) ? padding + cell : isLast ? cell : cell + padding
                if !isLast { line += "  " }
            }
            return line
        }
    }
}
