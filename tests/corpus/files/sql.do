* source: documented behaviour of SQLite; values by hand
* covers: import sql, export sql
set obs 3
generate id = _n
generate double x = _n/4 if _n != 3
replace x = .b in 2
generate str9 name = `"pig "é" '"' + string(_n)
generate long d = 17000 + _n
format d %td
generate double t = 1.5e12 + _n
format t %tc
export sql using pigs.db, table(pigs)
capture noisily export sql using pigs.db, table(pigs)
export sql id name if id > 1 using pigs.db, table("odd "" name") replace
export sql id x in 1 using pigs.db, table(pigs) insert
capture noisily import sql using pigs.db, table(pigs)
import sql using pigs.db, table(pigs) clear
describe
list
import sql pigs.db, exec("select count(*) as n, avg(id) as mean from pigs where x is null") clear
list
capture noisily import sql using pigs.db, exec("select nothing from pigs") clear
capture noisily import sql using pigs.db, exec("drop table pigs") clear
capture noisily import sql using pigs.db, table(nosuch) clear
capture noisily import sql using nosuch.db, table(x) clear
capture noisily import sql using pigs.db, clear
capture noisily export sql using pigs.db
* the same in a database of DuckDB
export sql using pigs.duckdb, table(x)
capture noisily export sql using pigs.duckdb, table(x)
export sql using pigs.duckdb, table(x) insert
import sql using pigs.duckdb, exec("select count(*) as n from x") clear
list
capture noisily odbc list
count
