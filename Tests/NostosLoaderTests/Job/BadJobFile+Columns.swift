/// The columns of generators, and how the text of files and programs is read.
extension BadJobFile {
    static let columns: [BadJobFile] = [
        BadJobFile(
            "aDelimiterThatIsNone",
            #"""
            job: a
            index_column: id
            fields:
            - {generator: file, path: a.csv, delimiter: ";;"}
            - {generator: file, path: b.csv, delimiter: "\""}
            - {generator: command, command: [a], format: csv, delimiter: §}
            - {generator: command, command: [a], format: csv, delimiter: [;]}
            """#,
            #"""
            4:45: found the quoted text ";;", expected one character of ASCII such as ";", "|" or \#
            "\t", and no quote
            5:45: found the quoted text "\"", expected one character of ASCII such as ";", "|" or \#
            "\t", and no quote
            6:62: found "§", expected one character of ASCII such as ";", "|" or "\t", and no quote
            7:62: found a list, expected one character of ASCII such as ";", "|" or "\t", and no quote
            """#),
        BadJobFile(
            "aDelimiterOfAnotherFormat",
            #"""
            job: a
            index_column: id
            fields:
            - {generator: file, path: a.tsv, delimiter: ";"}
            - {generator: command, command: [a], delimiter: ";"}
            """#,
            #"""
            4:34: found delimiter for tsv, expected it with format: csv
            5:38: found delimiter for jsonl, expected it with format: csv
            """#),
        BadJobFile(
            "textsThatCannotMeanNULL",
            #"""
            job: a
            index_column: id
            fields:
            - {generator: file, path: a.csv, null: []}
            - {generator: file, path: b.csv, null: [[NA]]}
            - {generator: file, path: c.csv, null: {NA: true}}
            - {generator: file, path: d.csv, columns: {a: {null: [{}]}}}
            """#,
            #"""
            4:40: found an empty list, expected the texts that mean NULL, such as [NA, "\\N"]
            5:41: found a list, expected the texts that mean NULL, such as [NA, "\\N"]
            6:40: found a mapping, expected the texts that mean NULL, such as [NA, "\\N"]
            7:55: found a mapping, expected the texts that mean NULL, such as [NA, "\\N"]
            """#),
        BadJobFile(
            "badColumnsToTake",
            #"""
            job: a
            index_column: id
            fields:
            - {generator: file, path: a.csv, only: score}
            - {generator: file, path: b.csv, only: [score, score]}
            - {generator: file, path: c.csv, only: []}
            """#,
            #"""
            4:40: found "score", expected the columns to take: a list of their names
            5:48: found "score" twice, expected each column once
            6:40: found an empty list, expected the columns to take: a list of their names
            """#),
        BadJobFile(
            "aColumnThatIsLeftOut",
            #"""
            job: a
            index_column: id
            fields:
            - {generator: file, path: a.csv, only: [score], columns: {scoer: {type: number}}}
            """#,
            #"""
            4:59: found the column "scoer", which only leaves out, expected columns that only names: \#
            "score"; did you mean "score"?
            """#),
        BadJobFile(
            "badNamesAndSeparators",
            #"""
            job: a
            index_column: id
            fields:
            - generator: file
              path: a.csv
              columns:
                a: {as: ""}
                b: {split: ""}
                c: {as: id, type: int64}
            - generator: file
              path: b.csv
              aggregate: set
              columns: {g: {split: "|"}}
            """#,
            #"""
            7:13: found the quoted text "", expected a field's name
            8:16: found the quoted text "", expected the text between the elements, such as "|"
            9:5: found a type or split for the index column "id", expected its new name alone; the \#
            key's type is key_type
            13:13: found split and aggregate: set, expected one of them
            """#),
    ]
}
