import "broken";
