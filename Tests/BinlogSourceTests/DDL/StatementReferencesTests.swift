import Testing

@testable import BinlogSource

@Suite struct StatementReferencesTests {
    private func shown(_ names: [ObjectName]) -> String {
        names.map { ($0.database.map { "\($0)." } ?? "") + $0.name }.joined(separator: " ")
    }

    private func tables(_ text: String, _ mode: SQLMode = []) -> String? {
        StatementReferences(text, sqlMode: mode).map { shown($0.tables) }
    }

    private func routines(_ text: String) -> String? {
        StatementReferences(text, sqlMode: []).map { shown($0.routines) }
    }

    @Test(arguments: [
        ("INSERT INTO t VALUES (1, 'a')", "t"),
        ("INSERT t (a, b) VALUES ROW(1, 2)", "t"),
        ("insert low_priority ignore into `d b`.`t``x` set a = 1", "d b.t`x"),
        ("INSERT INTO t (a) SELECT b FROM u, d.v AS x JOIN w USING (b) WHERE b IN (SELECT c FROM y)", "t u d.v w y"),
        ("INSERT INTO t (SELECT a FROM u)", "t u"),
        ("INSERT INTO t TABLE u", "t u"),
        ("INSERT INTO t SELECT * FROM u ON DUPLICATE KEY UPDATE a = VALUES(a), b = (SELECT max(x) FROM v)", "t u v"),
        ("REPLACE INTO t PARTITION (p0) VALUES (REPLACE('a', 'b', 'c'), INSERT('a', 1, 1, 'b'))", "t"),
        ("INSERT INTO history VALUES (1)", "history"),
        ("UPDATE t SET a = 1, b = 2 WHERE c = 3 ORDER BY d, e LIMIT 1", "t"),
        ("UPDATE LOW_PRIORITY IGNORE t AS x, d.u y SET x.a = y.b", "t d.u"),
        ("UPDATE t JOIN (SELECT a FROM u GROUP BY a, b) x ON x.a = t.a LEFT JOIN (v, w) ON true SET t.b = 1", "t u v w"),
        ("UPDATE t USE INDEX FOR ORDER BY (i, j), u FORCE INDEX FOR JOIN (k) SET t.a = u.a", "t u"),
        ("DELETE FROM t WHERE a = 1", "t"),
        ("DELETE QUICK FROM t PARTITION (p0, p1) WHERE a", "t"),
        ("DELETE FROM d.t AS x USING d.t AS x JOIN u USING (id) WHERE x.a", "d.t u"),
        ("DELETE t1, t2.* FROM t AS t1 JOIN u AS t2", "t u"),
        ("DELETE FROM t1.*, t2 USING t AS t1, u AS t2", "t u"),
        ("DELETE FROM t RETURNING a, b", "t"),
        ("LOAD DATA LOCAL INFILE 'x' REPLACE INTO TABLE d.t FIELDS TERMINATED BY ',' (a, @b) SET c = @b", "d.t"),
        ("LOAD DATA LOW_PRIORITY INFILE 'x' INTO TABLE t PARTITION (p0, p1) (a, `from`, @u)", "t"),
        ("LOAD DATA CONCURRENT INFILE '' IGNORE INTO TABLE `t` CHARACTER SET latin1 FIELDS TERMINATED BY ',' OPTIONALLY  "
            + "ENCLOSED BY '\\'' ESCAPED BY '\\\\' LINES STARTING BY 'FROM x' TERMINATED BY '\\n' IGNORE 2 LINES (`a`, @`b`)", "t"),
        ("LOAD DATA INFILE '' INTO TABLE d.t (a, @b) SET `c`= REPLACE(@b, 'x', 'y'), `d`= (SELECT max(e) FROM u, v)", "d.t u v"),
        ("LOAD XML INFILE 'x' INTO TABLE t", "t"),
        ("WITH x AS (SELECT * FROM u), y (a, b) AS (SELECT * FROM x, v) UPDATE t JOIN x JOIN y SET t.a = 1", "u v t"),
        ("WITH RECURSIVE n AS (SELECT 1 UNION ALL SELECT * FROM n JOIN m), m AS (SELECT * FROM m) DELETE FROM t", "m t"),
        ("INSERT INTO x WITH x AS (SELECT * FROM x) SELECT * FROM x", "x"),
        ("INSERT INTO t SELECT * FROM u, (WITH u AS (SELECT 1) SELECT * FROM u) q", "t u"),
        ("INSERT INTO t SELECT TRIM(BOTH 'x' FROM a), EXTRACT(DAY FROM b), SUBSTRING(c FROM 2) FROM u", "t u"),
        ("INSERT INTO t SELECT * FROM JSON_TABLE(x, '$' COLUMNS (a int PATH '$')) AS j, LATERAL (SELECT 1 FROM u) k", "t u"),
        ("INSERT INTO t SELECT 1 FROM DUAL", "t"),
        ("INSERT INTO t SELECT * FROM { OJ u LEFT OUTER JOIN v ON u.a = v.a }", "t u v"),
        ("INSERT INTO t SELECT a FROM u WINDOW w AS (ORDER BY a), x AS (ORDER BY b) LIMIT 1, 2", "t u"),
        ("INSERT INTO t SELECT u.from, @update FROM u FOR UPDATE", "t u"),
        ("INSERT INTO t SELECT * FROM ((SELECT 1 FROM u) UNION (SELECT 2 FROM v)) q", "t u v"),
        ("SELECT `d`.`f`(1)", ""),
        ("DO f(1)", ""),
        ("SET STATEMENT max_statement_time=10 FOR INSERT INTO t VALUES (1)", "t"),
        ("ANALYZE FORMAT=JSON DELETE FROM t WHERE a", "t"),
        ("INSERT INTO /* u */ t -- v\n VALUES (1) # w", "t"),
        ("INSERT INTO t /*!80000 SELECT * FROM u */", "t u"),
    ])
    func tablesAreFoundByTheirPosition(text: String, expected: String) {
        #expect(tables(text) == expected, "\(text)")
    }

    /// Columns, aliases, functions, variables and literals may have the name of a table.
    @Test func columnsAliasesAndFunctionsAreNotTables() {
        #expect(tables("INSERT INTO beats (value) SELECT o.value AS value FROM other AS value, more value2") == "beats other more")
        #expect(tables("INSERT INTO beats VALUES ('value', \"value\", value(1), @value) ON DUPLICATE KEY UPDATE value = 1") == "beats")
        #expect(tables("UPDATE beats value SET value.value = value WHERE value IN ('FROM value', value)") == "beats")
    }

    @Test func quotesFollowTheSessionsSQLMode() {
        #expect(tables("INSERT INTO \"a b\" SELECT * FROM \"c\"\"d\"", .ansiQuotes) == "a b c\"d")
        #expect(tables("INSERT INTO \"a b\" VALUES (1)") == nil)
        #expect(tables(#"INSERT INTO t SELECT 'it\'s' FROM u"#) == "t u")
        #expect(tables(#"INSERT INTO t SELECT 'c:\' FROM u"#, .noBackslashEscapes) == "t u")
    }

    @Test func namesBeforeParenthesesAreRoutines() {
        #expect(routines("SELECT `d`.`f`(1)") == "d.f")
        #expect(routines("DO g (h(1), i)") == "g h")
        #expect(routines("CALL d.p(1)") == "d.p")
        #expect(routines("LOAD DATA INFILE '' INTO TABLE t (a, @b) SET c = d.f(@b)") == "d.f")
        #expect(routines("INSERT INTO t VALUES (f(NAME_CONST('a', 1)))")?.contains("f NAME_CONST") == true)
        #expect(routines("INSERT INTO t (a) VALUES (1)") == "")
    }

    @Test func triggerBodiesAreParsed() {
        let body = """
            BEGIN
              DECLARE n int DEFAULT (SELECT count(*) FROM a);
              IF NEW.id > 0 THEN INSERT INTO b VALUES (NEW.id, n); ELSE UPDATE c SET x = f(1); END IF;
              SET NEW.total = (SELECT sum(v) FROM d WHERE d.id = NEW.id), NEW.other = 1;
              DELETE FROM e WHERE id = OLD.id; REPLACE INTO h.i VALUES (1); CALL p(NEW.id);
            END
            """
        #expect(tables(body) == "a b c d e h.i")
        #expect(routines(body) == "count f sum p")
        #expect(tables("SET NEW.total = NEW.a + NEW.b") == "")
    }

    @Test func viewDefinitionsAreParsed() {
        #expect(
            tables("select `d`.`t`.`id` AS `id` from (`d`.`t` join `e`.`u` on((`d`.`t`.`id` = `e`.`u`.`id`))) where (1 = 1)")
                == "d.t e.u")
        #expect(
            tables("select `x`.`a` AS `a` from `d`.`t` `x` left join (`e`.`u` `y` join `f`.`v`) on(`x`.`a` = `y`.`a`)")
                == "d.t e.u f.v")
    }

    @Test(arguments: [
        "INSERT INTO", "INSERT INTO 'x' VALUES (1)", "INSERT INTO t SELECT * FROM", "INSERT INTO t SELECT 'never ends",
        "INSERT INTO t VALUES (1))", "INSERT INTO t VALUES ((1)", "UPDATE t, SET a = 1 FROM ,", "DELETE FROM 1",
    ])
    func unparsableStatementsHaveNoReferences(text: String) {
        #expect(StatementReferences(text, sqlMode: []) == nil)
    }
}
