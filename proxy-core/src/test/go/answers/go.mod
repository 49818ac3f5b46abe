module dev.corral/answers

go 1.22
