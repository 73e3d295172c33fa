# Puts the variable NAME of the environment for each @NAME@, as it is, whatever characters it has. Fails
# where there is none. Usage: NAME=VALUE awk -f fill.awk FILE
{
  rest = $0
  line = ""
  while (match(rest, /@[A-Z]+@/)) {
    name = substr(rest, RSTART + 1, RLENGTH - 2)
    if (!(name in ENVIRON)) {
      print "fill: no value for " name > "/dev/stderr"
      exit 1
    }
    line = line substr(rest, 1, RSTART - 1) ENVIRON[name]
    rest = substr(rest, RSTART + RLENGTH)
  }
  print line rest
}
