* source: LANGUAGE 1.3 (delimit and what it prints [S]) and 1.2 (comments)
* covers: display, local
#delimit ;
display "one"
    "two";
// a comment
display "three"; display "four";
local x
  5;
#delimit cr
display "`x'" // trailing
display ///
    "joined" ///
    " lines"
/* a block
   over lines /* nested */ still */ display "after"
* star /* opens
still a comment */
display "http://not.a.comment"
local star "*"
`star' display "hidden"
display "last"
