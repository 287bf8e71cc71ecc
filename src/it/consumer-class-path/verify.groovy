// The output of the example, standard error included, is what is expected and nothing else.
def expected = new File(basedir, '../../../src/test/readme/Example.expected').text
def actual = new File(basedir, 'target/output.txt').text
assert actual == expected
